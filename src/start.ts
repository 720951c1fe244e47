/** Starts the gateway from the environment, and ends it on SIGTERM. */
import { existsSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { ConfigError, readConfig } from './config.ts';
import type { Config } from './config.ts';
import { createLog } from './log.ts';

/** Says why the gateway cannot start. What was opened before goes with the process. */
function refuse(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

function readConfigOrRefuse(): Config {
  if (existsSync('.env')) process.loadEnvFile('.env');
  try {
    // This is the one place where the environment enters.
    // oxlint-disable-next-line node/no-process-env
    return readConfig(process.env);
  } catch (error) {
    if (error instanceof ConfigError) refuse(error.message);
    throw error;
  }
}

interface Emulator {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Starts the embedded emulator; null where the configuration names another Graph. */
async function startEmulator({ graph }: Config): Promise<Emulator | null> {
  if (graph.kind !== 'emulator') return null;
  const { createEmulator } = await import('./emulator/emulator.ts');
  return createEmulator({ isLively: true });
}

/**
 * Starts what the environment describes, and resolves when it listens; SIGTERM and SIGINT end it. What cannot start says why to
 * standard error, and ends with 1. What only some configurations need is loaded by those alone, here and in what is wired.
 */
export async function start(): Promise<void> {
  const config = readConfigOrRefuse();
  const log = createLog(config.logLevel);
  const emulator = await startEmulator(config);
  const { serve } = await import('./serve.ts');
  const running = await serve({ config, log, emulatorUrl: emulator?.url ?? null, refuse });

  let isEnding = false;
  async function end(signal: NodeJS.Signals): Promise<void> {
    if (isEnding) return;
    isEnding = true;
    log.info({ signal }, 'draining');
    await running.end(signal);
    await emulator?.close();
    log.info('ended');
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void end(signal));
  log.info(running.announcement, 'listening');
  // Whoever is killed keeps nothing for the next start.
  flushCompileCache();
}
