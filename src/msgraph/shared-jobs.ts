/** The GETs that have no outcome yet: whoever asks for the same thing meanwhile shares its job. */
import type { Job } from './job.ts';
import { pathKey } from './path.ts';

/** The jobs of one client that can be shared. */
export interface SharedJobs {
  /** The job by which the thing at this path is asked for already; undefined when there is none. */
  readonly find: (path: string) => Job | undefined;
  /** Lets those who come share the job. */
  readonly add: (job: Job) => void;
  /** Nobody shares the job from now on. One that was abandoned may have a successor for the same thing, which stays. */
  readonly withdraw: (job: Job) => void;
}

/** Creates what one client shares, which is nothing yet. */
export function createSharedJobs(): SharedJobs {
  const jobs = new Map<string, Job>();
  return {
    find: (path) => jobs.get(pathKey(path)),
    add: (job) => jobs.set(pathKey(job.path), job),
    withdraw(job) {
      const key = pathKey(job.path);
      if (jobs.get(key) === job) jobs.delete(key);
    },
  };
}
