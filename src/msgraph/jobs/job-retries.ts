/** Sends failed jobs again: after a wait, or with another token. */
import type { Clock } from '../../clock.ts';
import type { Gate } from '../admission/gate.ts';
import type { GetToken } from '../credentials/token.ts';
import { retryGroups } from '../retry.ts';
import type { RetryBudget } from '../retry.ts';
import type { FailedJob } from './failed-job.ts';
import { keepPatient, latestDeadlineMs } from './job.ts';
import type { Job } from './job.ts';

export interface JobRetries {
  /**
   * Retries each job when its wait is over; jobs that can wait for each other form one retry. Without room in the
   * budget they fail at once, with their own errors.
   */
  readonly afterWait: (failed: readonly FailedJob[]) => void;
  /**
   * Retries once with another token than the refused one. A token can end before it expires, for instance when its
   * application's rights change, and may be refused for a whole batch or for some parts only. A refused change has not
   * been made. Without another token, each job fails with the token's error or with its own. Never rejects.
   */
  readonly withAnotherToken: (unauthorized: readonly FailedJob[], usedToken: string) => Promise<void>;
}

interface JobRetriesParts {
  readonly clock: Clock;
  readonly gate: Gate;
  readonly getToken: GetToken;
  readonly retryBudget: RetryBudget;
  /** Queues a job to be sent again, ahead of its callers' other jobs. */
  readonly queueAgain: (job: Job) => void;
  /** Gives all waiters the outcome of a job that is not retried. */
  readonly settle: (job: Job, outcome: unknown) => void;
}

/** Creates the retries of one client. */
export function createJobRetries({
  clock,
  gate,
  getToken,
  retryBudget,
  queueAgain,
  settle,
}: JobRetriesParts): JobRetries {
  function requeue(job: Job): void {
    job.wait = null;
    // All waiters have left, or the gate now refuses the job.
    if (job.waiters.length === 0) return;
    const refusal = gate.refusal(latestDeadlineMs(job));
    if (refusal === null) queueAgain(job);
    else settle(job, refusal);
  }

  return {
    afterWait(failed) {
      for (const { waitMs, items } of retryGroups(failed)) {
        if (retryBudget.withdraw()) {
          // A waiter that cannot wait this long fails now, not at its deadline.
          const untilMs = clock.steadyMs() + waitMs;
          for (const { job, error } of items) {
            job.wait = { untilMs, error };
            if (!keepPatient(job, untilMs, error)) settle(job, error);
          }
          clock.after(waitMs, () => {
            for (const { job } of items.toReversed()) requeue(job);
          });
        } else for (const { job, error } of items) settle(job, error);
      }
    },
    async withAnotherToken(unauthorized, usedToken) {
      const [another] = await Promise.allSettled([getToken(usedToken)]);
      for (const { job, error } of unauthorized.toReversed()) {
        job.isRenewed = true;
        if (another.status === 'rejected') settle(job, another.reason);
        else if (another.value === usedToken) settle(job, error);
        else requeue(job);
      }
    },
  };
}
