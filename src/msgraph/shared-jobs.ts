/** The GETs that have no outcome yet: whoever asks for the same thing meanwhile shares its job. */
import type { Job } from './job.ts';

/** The jobs of one client that can be shared. */
export interface SharedJobs {
  /** The job by which the thing of this key is asked for already; undefined when there is none. */
  readonly find: (key: string) => Job | undefined;
  /** Lets those who come share the job. */
  readonly add: (job: Job) => void;
  /** Nobody shares the job from now on. One that was abandoned may have a successor for the same thing, which stays. */
  readonly withdraw: (job: Job) => void;
}

/** Creates what one client shares, which is nothing yet. */
export function createSharedJobs(): SharedJobs {
  const jobs = new Map<string, Job>();
  return {
    find: (key) => jobs.get(key),
    add(job) {
      job.isShared = true;
      jobs.set(job.key, job);
    },
    withdraw(job) {
      // Its own mark says whether it is in there: to look takes as long as to take it out.
      if (job.isShared) jobs.delete(job.key);
      job.isShared = false;
    },
  };
}
