/** Starts the gateway from the environment, in one process or several, and ends it on SIGTERM or SIGINT. */
import cluster from 'node:cluster';
import { existsSync, readFileSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { parseEnv } from 'node:util';
import { ConfigError, readConfig } from './config.ts';
import type { Config } from './config.ts';
import { createLog } from './log.ts';
import type { Log } from './log.ts';

/** Prints why the gateway cannot start, and exits. Anything already open ends with the process. */
function refuse(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

/** Adds the variables of .env, if there is one, to the environment, which takes precedence. */
function addEnvFile(env: NodeJS.ProcessEnv): void {
  if (!existsSync('.env')) return;
  // `process.loadEnvFile` finds no variable in a file in UTF-16, and loses the first after a byte order mark.
  const text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync('.env'));
  Object.assign(env, { ...parseEnv(text), ...env });
}

function readConfigOrRefuse(env: NodeJS.ProcessEnv): Config {
  try {
    addEnvFile(env);
  } catch {
    // The error of Node.js names its internals, not the cause, if the file is a folder for instance.
    refuse(
      '.env: the file cannot be read. Make it a text file in UTF-8 that the user of the gateway can read, or remove it.',
    );
  }
  try {
    return readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) refuse(error.message);
    throw error;
  }
}

interface Emulator {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Starts the embedded emulator; null if the configuration names another Graph. */
async function startEmulator({ graph }: Config): Promise<Emulator | null> {
  if (graph.kind !== 'emulator') return null;
  const { createEmulator } = await import('./emulator/emulator.ts');
  return createEmulator({ isLively: true });
}

/** How much longer than the configured bounds the end of a process may take, to hand over the feed. */
const END_MARGIN_MS = 10_000;

/** The exit status that a shell reports for a process that a signal has ended. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 };

/** A gateway, or several workers, until ended. `announce` logs the start. */
interface Running {
  readonly announce: () => void;
  readonly end: (signal: NodeJS.Signals) => Promise<void>;
}

/** The number that the primary has passed to this worker on its command line; null in any other process. */
function readWorkerNumber(): number | null {
  return cluster.isWorker ? Number(process.argv[2]) : null;
}

/** Starts one gateway in this process, which may be one of several workers. */
async function startOne(config: Config, log: Log, emulatorUrl: string | null): Promise<Running> {
  const { serve } = await import('./serve.ts');
  const { addresses, end } = await serve({ config, log, emulatorUrl, worker: readWorkerNumber(), refuse });
  return {
    announce: () => log.info(addresses, 'listening'),
    async end(signal) {
      await end(signal);
      // The channel to the primary would keep the worker alive.
      cluster.worker?.disconnect();
    },
  };
}

/** Starts several workers, each in its own process. Each announces itself. */
async function startSeveral(config: Config, log: Log, emulatorUrl: string | null): Promise<Running> {
  const { workers: count, drainDelayMs, operationTimeoutMs } = config;
  const { WorkerStartError, startWorkers } = await import('./workers/primary.ts');
  try {
    const { end } = await startWorkers({
      count,
      log,
      args: emulatorUrl === null ? [] : [emulatorUrl],
      longestEndMs: drainDelayMs + operationTimeoutMs + END_MARGIN_MS,
    });
    return { announce: () => log.info({ workers: count }, 'starting workers'), end };
  } catch (error) {
    if (error instanceof WorkerStartError) return refuse(error.message);
    throw error;
  }
}

/** Starts a worker. It uses the emulator that the primary has started for all workers. */
async function startWorker(whole: Config, log: Log): Promise<Running> {
  const [{ shareOf }, { answerPings }] = await Promise.all([
    import('./workers/share.ts'),
    import('./workers/pings.ts'),
  ]);
  answerPings();
  const [, , , emulatorUrl = null] = process.argv;
  return startOne(shareOf(whole), log, emulatorUrl);
}

function warnOfMisspelled({ misspelled }: Config, log: Log): void {
  for (const [variable, meant] of misspelled) {
    log.warn(
      { variable },
      `A variable has no effect, because the gateway has none of this name. Did you mean ${meant}?`,
    );
  }
}

/**
 * Starts the gateway that the environment describes, and resolves when it listens; SIGTERM and SIGINT end it. If it
 * cannot start, it prints why to standard error and exits with 1. Modules for some configurations only load on demand.
 */
export async function start(): Promise<void> {
  // The only place where the environment is read.
  // oxlint-disable-next-line node/no-process-env
  const config = readConfigOrRefuse(process.env);
  const worker = readWorkerNumber();
  const log = createLog(config.logLevel).child(worker === null ? {} : { worker });
  if (worker === null) warnOfMisspelled(config, log);
  let running: Running | null = null;
  let isEnding = false;
  async function end(signal: keyof typeof EXIT_CODES): Promise<void> {
    if (isEnding) return;
    // No work was accepted yet. As the first process of a container it would not end by the signal alone.
    if (running === null) process.exit(EXIT_CODES[signal]);
    isEnding = true;
    log.info({ signal }, 'draining');
    await running.end(signal);
    await emulator?.close();
    log.info('ended');
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void end(signal));
  const emulator = worker === null ? await startEmulator(config) : null;
  const url = emulator?.url ?? null;
  const startThem = config.workers === 1 ? startOne : startSeveral;
  running = await (worker === null ? startThem(config, log, url) : startWorker(config, log));
  running.announce();
  // A process that is killed later would not write the cache for the next start.
  flushCompileCache();
}
