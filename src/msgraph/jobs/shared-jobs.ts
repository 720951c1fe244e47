/** Pending GETs: an equal request shares the pending job instead of being sent again. */
import type { Job } from './job.ts';

/** The jobs of one client that can be shared. */
export interface SharedJobs {
  /** The pending job with this key; undefined when there is none. */
  readonly find: (key: string) => Job | undefined;
  /** Lets later requests share the job. */
  readonly add: (job: Job) => void;
  /** Lets no later request share the job. If it was abandoned, a successor with the same key stays. */
  readonly withdraw: (job: Job) => void;
}

/** Creates the shared jobs of one client, at first none. */
export function createSharedJobs(): SharedJobs {
  const jobs = new Map<string, Job>();
  return {
    find: (key) => jobs.get(key),
    add(job) {
      job.isShared = true;
      jobs.set(job.key, job);
    },
    withdraw(job) {
      // The flag says whether the job is in the map: a look-up would take as long as the deletion.
      if (job.isShared) jobs.delete(job.key);
      job.isShared = false;
    },
  };
}
