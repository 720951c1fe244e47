/** Starts the gateway from the environment, in this process or in several, and ends it on SIGTERM. */
import cluster from 'node:cluster';
import { existsSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { ConfigError, readConfig } from './config.ts';
import type { Config } from './config.ts';
import { createLog } from './log.ts';
import type { Log } from './log.ts';

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

/** How much longer than all that is bounded by the configuration the end of a process may take: the feed is handed over. */
const END_MARGIN_MS = 10_000;

/** What a shell says of a process that a signal has ended. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 };

/** What runs until it is ended, and what is said of it when it does. */
interface Running {
  readonly announce: () => void;
  readonly end: (signal: NodeJS.Signals) => Promise<void>;
}

/** The number that the primary has given to this process on its command line; null where it is no worker. */
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
      // What connects a worker to its primary would keep it alive.
      cluster.worker?.disconnect();
    },
  };
}

/** Starts several in processes of their own. Each announces itself. */
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
    return { announce: () => log.info({ workers: count }, 'workers start'), end };
  } catch (error) {
    if (error instanceof WorkerStartError) return refuse(error.message);
    throw error;
  }
}

/** Starts a worker, with the emulator that the primary has started for all. */
async function startWorker(whole: Config, log: Log): Promise<Running> {
  const [{ shareOf }, { answerPings }] = await Promise.all([
    import('./workers/share.ts'),
    import('./workers/pings.ts'),
  ]);
  answerPings();
  const [, , , emulatorUrl = null] = process.argv;
  return startOne(shareOf(whole), log, emulatorUrl);
}

/**
 * Starts what the environment describes, and resolves when it listens; SIGTERM and SIGINT end it. What cannot start says why to
 * standard error, and ends with 1. What only some configurations need is loaded by those alone, here and in what is wired.
 */
export async function start(): Promise<void> {
  const config = readConfigOrRefuse();
  const worker = readWorkerNumber();
  const log = createLog(config.logLevel).child(worker === null ? {} : { worker });
  let running: Running | null = null;
  let isEnding = false;
  async function end(signal: keyof typeof EXIT_CODES): Promise<void> {
    if (isEnding) return;
    // Nothing has been taken on yet. Where this is the first process of a container nothing else would end it.
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
  // Whoever is killed keeps nothing for the next start.
  flushCompileCache();
}
