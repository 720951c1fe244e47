/** The queue of one client's jobs: reads are sent together in batches, each change alone. */
import { createFairQueue } from '../../fair-queue.ts';
import type { FairQueue, FairQueueOptions } from '../../fair-queue.ts';
import type { Job } from './job.ts';

export interface JobQueue {
  /** Queues a job behind the other jobs of its caller. */
  add(job: Job): void;
  /** Adds one more caller to a queued job, which is sent in the first turn of any of its callers. */
  join(job: Job, caller: string): void;
  /** Queues a job at the head, for every caller that waits for it by now. */
  addAgain(job: Job): void;
  /** Removes an abandoned job; does nothing when it is not queued. */
  leave(job: Job): void;
  /**
   * Removes and returns the jobs of the next request, at most `mostParts`. A long read is taken only with others of its
   * caller: a batch is as slow as its slowest part, and its response is read in one piece.
   */
  take(mostParts: number): Job[];
  /** Removes and returns every job for which `isMeant` is true. */
  takeWhere(isMeant: (job: Job) => boolean): Job[];
  readonly isEmpty: () => boolean;
  /** Whether at least `parts` reads are queued. */
  fills(parts: number): boolean;
}

/** Creates an empty queue. The options are those of `createFairQueue`. */
export function createJobQueue(options: Pick<FairQueueOptions<Job>, 'isWanted' | 'onChanged'>): JobQueue {
  const reads = createFairQueue({ ...options, isExclusive: ({ isLong }) => isLong });
  const changes = createFairQueue(options);
  let wasChange = false;

  const queueOf = ({ method }: Job): FairQueue<Job> => (method === 'GET' ? reads : changes);

  return {
    add(job) {
      job.entry = queueOf(job).add(job.caller, job);
    },
    join(job, caller) {
      if (job.entry !== null) queueOf(job).join(caller, job.entry);
    },
    addAgain(job) {
      const callers = new Set(Array.from(job.waiters, ({ operation }) => operation.caller));
      job.entry = queueOf(job).addAgain(callers, job);
    },
    leave(job) {
      if (job.entry !== null) queueOf(job).leave(job.entry);
    },
    take(mostParts) {
      // Reads and changes alternate, so that many of one do not hold up the other. A change is sent alone.
      const inTurn = wasChange ? reads.take(mostParts) : changes.take(1);
      const together = inTurn.length > 0 ? inTurn : wasChange ? changes.take(1) : reads.take(mostParts);
      wasChange = together[0] !== undefined && together[0].method !== 'GET';
      return together;
    },
    takeWhere: (isMeant) => [...reads.takeWhere(isMeant), ...changes.takeWhere(isMeant)],
    isEmpty: () => reads.count() === 0 && changes.count() === 0,
    fills: (parts) => reads.count() >= parts,
  };
}
