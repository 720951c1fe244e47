/** The process that starts the workers, hands them the connections that come, and ends with them: https://nodejs.org/api/cluster.html */
import cluster from 'node:cluster';
import type { Worker } from 'node:cluster';
import { once } from 'node:events';
import type { Log } from '../log.ts';
import { createPauses } from './pause.ts';
import { startPings } from './pings.ts';
import { answerForAll } from './reading.ts';
import { createReplacements } from './replacements.ts';

interface Primary {
  /** How many workers there are to be. */
  readonly count: number;
  readonly log: Log;
  /** What each is told on its command line after its number. */
  readonly args: readonly string[];
  /** How long one may take to end. Whatever has not ended by then hangs, and is killed. */
  readonly longestEndMs: number;
  /** Calls back once after `delayMs`, for the pings; the function that it returns calls that off. By a timer when left out. */
  readonly after?: (delayMs: number, callback: () => void) => () => void;
}

/** The workers, until they are ended. */
export interface Workers {
  /** Passes on a signal, by which each lets finish what is in flight, and resolves when all have ended. */
  readonly end: (signal: NodeJS.Signals) => Promise<void>;
}

/** The first worker has ended before it listened, of which it has said why itself; or it hung, and was killed. */
export class WorkerStartError extends Error {
  override readonly name = 'WorkerStartError';
}

/** Resolves when a worker has ended, whatever is the matter with it before. */
function ended(worker: Worker): Promise<void> {
  return new Promise((resolve) => worker.once('exit', () => resolve()));
}

/** The smallest number from 1 that is not taken: so there are never more numbers than workers, however often one is replaced. */
function smallestFree(taken: readonly number[]): number {
  let number = 1;
  while (taken.includes(number)) number += 1;
  return number;
}

/** Calls back once after `delayMs`, unless it is called off. What waits does not keep the process alive. */
function afterTimer(delayMs: number, callback: () => void): () => void {
  const timer = setTimeout(callback, delayMs).unref();
  return () => clearTimeout(timer);
}

/**
 * Starts workers: one first, so that what is wrong with all of them is said once, and the others when that one listens, which is
 * when it resolves. From then on whoever ends is replaced. Each is pinged from its start on, and killed when it hangs. Rejects with a
 * `WorkerStartError` when the first one ends before it listens.
 */
export async function startWorkers({ count, log, args, longestEndMs, after = afterTimer }: Primary): Promise<Workers> {
  /** Each with its number. */
  const living = new Map<Worker, number>();
  const listening = new Set<Worker>();
  const silent = new Set<Worker>();
  const pauses = new Set<NodeJS.Timeout>();
  const pauseAfter = createPauses();
  const replacements = createReplacements();
  let isEnding = false;
  // Whoever hangs does not see that nobody is there any more, whatever the primary has ended of.
  process.once('exit', () => {
    for (const { process: child } of living.keys()) child.kill('SIGKILL');
  });
  answerForAll(() => listening, replacements.read);

  /** What a line of the log says of which worker it is about. */
  const named = (worker: Worker): object => ({ worker: living.get(worker), pid: worker.process.pid });

  function replace(worker: Worker, livedMs: number, reason: object): void {
    const name = named(worker);
    if (!living.delete(worker)) return;
    listening.delete(worker);
    if (isEnding) return;
    replacements.count(silent.delete(worker) ? 'silent' : 'ended');
    const pauseMs = pauseAfter(livedMs);
    log.error({ ...name, ...reason, pauseMs }, 'a worker has ended, and is replaced');
    const pause = setTimeout(() => {
      pauses.delete(pause);
      keepOne();
    }, pauseMs);
    pauses.add(pause);
  }

  function watch(worker: Worker): void {
    const pings = startPings({
      after,
      send: (message) => worker.send(message, () => undefined),
      giveUp() {
        silent.add(worker);
        log.error(named(worker), 'a worker does not answer, and is killed');
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
    // One that cannot be started has none, and says so by itself.
    if (worker.process.pid !== undefined) watch(worker);
    worker.once('listening', () => {
      listening.add(worker);
      if (listening.size < count) return;
      log.info({ pids: Array.from(listening, (each) => each.process.pid) }, 'all workers listen');
    });
    return worker;
  }

  function keep(worker: Worker, startedAtMs: number): void {
    const livedMs = (): number => performance.now() - startedAtMs;
    worker.once('exit', (code, signal) => replace(worker, livedMs(), { code, signal }));
    // The machine has no room for another process, or the worker is no longer there to be told something.
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
      'WORKERS: expected the first worker to listen, but it answered no ping for half a minute, and was killed. Something in its start does not let go of its event loop.',
    );
  if (outcome !== 'listening')
    throw new WorkerStartError(
      `WORKERS: expected the first worker to listen, but it ended with ${outcome}. What it has said before is the reason.`,
    );
  keep(first, startedAtMs);
  for (let started = 1; started < count; started += 1) keepOne();

  return {
    async end(signal) {
      isEnding = true;
      for (const pause of pauses) clearTimeout(pause);
      const ends = Array.from(living.keys(), ended);
      // One that does not listen yet is ended by it at once.
      for (const { process: child } of living.keys()) child.kill(signal);
      const late = setTimeout(() => {
        for (const { process: child } of living.keys()) child.kill('SIGKILL');
      }, longestEndMs);
      await Promise.all(ends);
      clearTimeout(late);
    },
  };
}
