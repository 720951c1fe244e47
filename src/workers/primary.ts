/** The primary: starts the workers, hands them connections and ends with them. https://nodejs.org/api/cluster.html */
import cluster from 'node:cluster';
import type { Worker } from 'node:cluster';
import { once } from 'node:events';
import { systemClock } from '../clock.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { createPauses } from './pause.ts';
import { startPings } from './pings.ts';
import { answerForAll } from './reading.ts';
import { createReplacements } from './replacements.ts';

interface Primary {
  /** How many workers to run. */
  readonly count: number;
  readonly log: Log;
  /** The command line arguments of each worker, after its number. */
  readonly args: readonly string[];
  /** How long a worker may take to end. After that it is considered hung, and killed. */
  readonly longestEndMs: number;
  /** The time source of the pings; the clock of the machine by default. */
  readonly clock?: Pick<Clock, 'after'>;
}

/** The running workers. */
export interface Workers {
  /** Sends each worker a signal, on which it finishes its work in flight. Resolves when all have ended. */
  readonly end: (signal: NodeJS.Signals) => Promise<void>;
}

/** The first worker ended before it listened, and has said why itself; or it hung, and was killed. */
export class WorkerStartError extends Error {
  override readonly name = 'WorkerStartError';
}

/** Resolves when a worker has ended, whatever errors it has before. */
function ended(worker: Worker): Promise<void> {
  return new Promise((resolve) => worker.once('exit', () => resolve()));
}

/** The smallest free number from 1. So there are never more numbers than workers, however often one is replaced. */
function smallestFree(taken: readonly number[]): number {
  let number = 1;
  while (taken.includes(number)) number += 1;
  return number;
}

/**
 * Starts one worker, so that an error common to all is reported once. When it listens, starts the others and resolves.
 * From then on each worker that ends is replaced. Each is pinged from its start, and killed when it hangs. Rejects with
 * a `WorkerStartError` when the first one ends before it listens.
 */
export async function startWorkers({ count, log, args, longestEndMs, clock = systemClock }: Primary): Promise<Workers> {
  /** The number of each worker. */
  const living = new Map<Worker, number>();
  const listening = new Set<Worker>();
  const silent = new Set<Worker>();
  const pauses = new Set<NodeJS.Timeout>();
  const pauseAfter = createPauses();
  const replacements = createReplacements();
  let isEnding = false;
  // A worker that hangs does not notice that the primary has ended, for whatever reason.
  process.once('exit', () => {
    for (const { process: child } of living.keys()) child.kill('SIGKILL');
  });
  answerForAll(() => listening, replacements.read);

  /** The properties of a log line that identify a worker. */
  const named = (worker: Worker): object => ({ worker: living.get(worker), pid: worker.process.pid });

  function replace(worker: Worker, livedMs: number, reason: object): void {
    const name = named(worker);
    if (!living.delete(worker)) return;
    listening.delete(worker);
    if (isEnding) return;
    replacements.count(silent.delete(worker) ? 'silent' : 'ended');
    const pauseMs = pauseAfter(livedMs);
    log.error({ ...name, ...reason, pauseMs }, 'a worker has ended and will be replaced');
    const pause = setTimeout(() => {
      pauses.delete(pause);
      keepOne();
    }, pauseMs);
    pauses.add(pause);
  }

  function watch(worker: Worker): void {
    const pings = startPings({
      clock,
      send: (message) => worker.send(message, () => undefined),
      giveUp() {
        silent.add(worker);
        log.error(named(worker), 'a worker does not respond and will be killed');
        worker.process.kill('SIGKILL');
      },
    });
    worker.on('message', pings.answered);
    worker.once('disconnect', pings.stop);
  }

  function startOne(): Worker {
    const number = smallestFree([...living.values()]);
    cluster.setupPrimary({ args: [String(number), ...args] });
    const worker = cluster.fork();
    living.set(worker, number);
    // A worker that cannot be started has no pid, and emits an error.
    if (worker.process.pid !== undefined) watch(worker);
    worker.once('listening', () => {
      listening.add(worker);
      if (listening.size < count) return;
      log.info({ pids: Array.from(listening, (each) => each.process.pid) }, 'all workers are listening');
    });
    return worker;
  }

  function keep(worker: Worker, startedAtMs: number): void {
    const livedMs = (): number => performance.now() - startedAtMs;
    worker.once('exit', (code, signal) => replace(worker, livedMs(), { code, signal }));
    // The machine has no room for another process, or the worker can no longer receive messages.
    worker.on('error', (error) => {
      log.error({ ...named(worker), error }, 'a worker cannot be started or reached');
      if (worker.process.pid === undefined) replace(worker, livedMs(), {});
    });
  }

  function keepOne(): void {
    keep(startOne(), performance.now());
  }

  const startedAtMs = performance.now();
  const first = startOne();
  const outcome = await Promise.race([
    once(first, 'listening').then(() => 'listening'),
    once(first, 'exit').then(([code, signal]) => String(code ?? signal)),
  ]).catch((error: unknown) => String(error));
  if (silent.has(first))
    throw new WorkerStartError(
      'WORKERS: the first worker did not respond to a ping for half a minute before it listened, and was killed. Its event loop was blocked during startup.',
    );
  if (outcome !== 'listening')
    throw new WorkerStartError(
      `WORKERS: the first worker ended with ${outcome} before it listened. Its output above contains the reason.`,
    );
  keep(first, startedAtMs);
  for (let started = 1; started < count; started += 1) keepOne();

  return {
    async end(signal) {
      isEnding = true;
      for (const pause of pauses) clearTimeout(pause);
      const ends = Array.from(living.keys(), ended);
      // A worker that does not listen yet ends at once on the signal.
      for (const { process: child } of living.keys()) child.kill(signal);
      const late = setTimeout(() => {
        for (const { process: child } of living.keys()) child.kill('SIGKILL');
      }, longestEndMs);
      await Promise.all(ends);
      clearTimeout(late);
    },
  };
}
