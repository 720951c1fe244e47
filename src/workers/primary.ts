/** The process that starts the workers, hands them the connections that come, and ends with them: https://nodejs.org/api/cluster.html */
import cluster from 'node:cluster';
import type { Worker } from 'node:cluster';
import { once } from 'node:events';
import type { Log } from '../log.ts';
import { createPauses } from './pause.ts';
import { answerForAll } from './reading.ts';

interface Primary {
  /** How many workers there are to be. */
  readonly count: number;
  readonly log: Log;
  /** What each is told on its command line. */
  readonly args: readonly string[];
  /** How long one may take to end. Whatever has not ended by then hangs, and is killed. */
  readonly longestEndMs: number;
}

/** The workers, until they are ended. */
export interface Workers {
  /** Passes on a signal, by which each lets finish what is in flight, and resolves when all have ended. */
  readonly end: (signal: NodeJS.Signals) => Promise<void>;
}

/** The first worker has ended before it listened. It has said why itself. */
export class WorkerStartError extends Error {
  override readonly name = 'WorkerStartError';
}

/** Resolves when a worker has ended, whatever is the matter with it before. */
function ended(worker: Worker): Promise<void> {
  return new Promise((resolve) => worker.once('exit', () => resolve()));
}

/**
 * Starts workers: one first, so that what is wrong with all of them is said once, and the others when that one listens, which is
 * when it resolves. From then on whoever ends is replaced. Rejects with a `WorkerStartError` when the first one ends before.
 */
export async function startWorkers({ count, log, args, longestEndMs }: Primary): Promise<Workers> {
  const living = new Set<Worker>();
  const listening = new Set<Worker>();
  const pauses = new Set<NodeJS.Timeout>();
  const pauseAfter = createPauses();
  let isEnding = false;
  cluster.setupPrimary({ args: [...args] });
  answerForAll(() => listening);

  function replace(worker: Worker, livedMs: number, reason: object): void {
    if (!living.delete(worker)) return;
    listening.delete(worker);
    if (isEnding) return;
    const pauseMs = pauseAfter(livedMs);
    log.error(
      { worker: worker.id, pid: worker.process.pid, ...reason, pauseMs },
      'a worker has ended, and is replaced',
    );
    const pause = setTimeout(() => {
      pauses.delete(pause);
      keepOne();
    }, pauseMs);
    pauses.add(pause);
  }

  function startOne(): Worker {
    const worker = cluster.fork();
    living.add(worker);
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
      log.error({ worker: worker.id, error }, 'a worker cannot be started or reached');
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
  if (outcome !== 'listening') {
    throw new WorkerStartError(
      `WORKERS: expected the first worker to listen, but it ended with ${outcome}. What it has said before is the reason.`,
    );
  }
  keep(first, startedAtMs);
  for (let started = 1; started < count; started += 1) keepOne();

  return {
    async end(signal) {
      isEnding = true;
      for (const pause of pauses) clearTimeout(pause);
      const ends = Array.from(living, ended);
      // One that does not listen yet is ended by it at once.
      for (const { process: child } of living) child.kill(signal);
      const late = setTimeout(() => {
        for (const { process: child } of living) child.kill('SIGKILL');
      }, longestEndMs);
      await Promise.all(ends);
      clearTimeout(late);
    },
  };
}
