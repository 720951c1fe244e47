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

/** After so many additions, and twice as many as there are jobs, the map is replaced. */
const LEAST_ADDED = 1_024;

/** Creates the shared jobs of one client, at first none. */
export function createSharedJobs(): SharedJobs {
  let jobs = new Map<string, Job>();
  let added = 0;

  /** A map with these jobs and no past: the tables that a map has outgrown keep what is in its later ones in memory. */
  function startAfresh(): void {
    jobs = new Map(jobs);
    added = 0;
  }

  return {
    find: (key) => jobs.get(key),
    add(job) {
      if (jobs.size === 0 || added > LEAST_ADDED + 2 * jobs.size) startAfresh();
      added += 1;
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
