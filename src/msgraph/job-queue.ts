/** The jobs of one client that wait to be sent: what is read, together, and what changes something, each alone. */
import { createFairQueue } from './fair-queue.ts';
import type { FairQueue } from './fair-queue.ts';
import type { Job } from './job.ts';

export interface JobQueue {
  /** Has the job wait behind what its caller waits for already. */
  add(job: Job): void;
  /** Has a job that still waits wait for this caller too: it goes when the first of those who want it has their turn. */
  join(job: Job, caller: string): void;
  /** Has it wait before all that, for everybody who wants it by now. */
  addAgain(job: Job): void;
  /** Takes a job out that nobody wants any more; nothing happens when it does not wait. */
  leave(job: Job): void;
  /** Takes what goes in one request now, up to so many jobs. */
  take(mostParts: number): Job[];
  /** Takes out and gives back every job of which `isMeant` says so. */
  takeWhere(isMeant: (job: Job) => boolean): Job[];
  readonly isEmpty: () => boolean;
  /** Whether so many wait that are read. */
  fills(parts: number): boolean;
}

/** Creates an empty queue, of which both arguments are as for `createFairQueue`. */
export function createJobQueue(
  isWanted: (job: Job) => boolean,
  onChanged: ((change: number) => void) | undefined,
): JobQueue {
  const reads = createFairQueue(isWanted, onChanged);
  const changes = createFairQueue(isWanted, onChanged);
  let wasChange = false;

  const queueOf = ({ method }: Job): FairQueue<Job> => (method === 'GET' ? reads : changes);

  return {
    add(job) {
      job.place = queueOf(job).add(job.caller, job);
    },
    join(job, caller) {
      if (job.place !== null) queueOf(job).join(caller, job.place);
    },
    addAgain(job) {
      const callers = new Set(Array.from(job.waiters, ({ operation }) => operation.caller));
      job.place = queueOf(job).addAgain(callers, job);
    },
    leave(job) {
      if (job.place !== null) queueOf(job).leave(job.place);
    },
    take(mostParts) {
      // In turns, so that many changes do not hold up what is read, and the other way round. A change goes alone.
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
