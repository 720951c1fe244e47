/** Decides which of the failed jobs are sent again. */
import type { GraphError } from '../error.ts';
import { MAX_TRIES, isWorthRetrying, retryDelayMs } from '../retry.ts';
import type { Retry } from '../retry.ts';
import { isAffordable, latestDeadlineMs } from './job.ts';
import type { Job } from './job.ts';

/** A failed job that is worth a retry. */
export interface FailedJob extends Retry {
  readonly job: Job;
  readonly error: GraphError;
}

/**
 * Returns the job for a retry; null when that would not help, or no waiter may cause a request any more. `nowMs` is by
 * `steadyMs` of the clock, and `random` returns a number from 0 to 1.
 */
export function failedJob(job: Job, error: GraphError, nowMs: number, random: () => number): FailedJob | null {
  const isRenewable = error.status === 401 && !job.isRenewed;
  const isWorthIt = isRenewable || (isWorthRetrying(error, job.method) && job.tries < MAX_TRIES);
  if (!isWorthIt || !isAffordable(job)) return null;
  return {
    job,
    error,
    delayMs: retryDelayMs(job.tries, error.retryAfterMs, random),
    patienceMs: latestDeadlineMs(job) - nowMs,
    hasRetryAfter: error.retryAfterMs !== null,
  };
}
