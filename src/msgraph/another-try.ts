/** What has failed, asked once more: after a while, or with another token. */
import type { Clock } from './clock.ts';
import type { FailedJob } from './failed-job.ts';
import type { Gate } from './gate.ts';
import { keepPatient, latestDeadlineMs } from './job.ts';
import type { Job } from './job.ts';
import { retryGroups } from './retry.ts';
import type { RetryBudget } from './retry.ts';
import type { GetToken } from './token.ts';

export interface AnotherTry {
  /**
   * Has each asked again when its wait is over, those together that can wait for each other. What the budget has no room for fails at
   * once, with its own error.
   */
  readonly afterWait: (failed: readonly FailedJob[]) => void;
  /**
   * Asks once more with another token than the one that was refused. One can end before its time, when its application's rights have
   * changed for instance. It may be refused as a whole, or for some parts of a batch only. A change that was refused has not been made.
   * Where there is no other token each fails with what says so, or with its own error. It never rejects.
   */
  readonly withAnotherToken: (unauthorized: readonly FailedJob[], usedToken: string) => Promise<void>;
}

interface AnotherTryParts {
  readonly clock: Clock;
  readonly gate: Gate;
  readonly getToken: GetToken;
  readonly retryBudget: RetryBudget;
  /** Has a job wait to be sent, before all that has not been sent yet. */
  readonly queueAgain: (job: Job) => void;
  /** Tells whoever waits what came of it, where it is not asked again. */
  readonly settle: (job: Job, outcome: unknown) => void;
}

/** Creates what asks again for one client. */
export function createAnotherTry({
  clock,
  gate,
  getToken,
  retryBudget,
  queueAgain,
  settle,
}: AnotherTryParts): AnotherTry {
  function askAgain(job: Job): void {
    job.wait = null;
    // Whoever waited for it has left, or what has come up since leaves no hope.
    if (job.waiters.length === 0) return;
    const refusal = gate.refusal(latestDeadlineMs(job));
    if (refusal === null) queueAgain(job);
    else settle(job, refusal);
  }

  return {
    afterWait(failed) {
      for (const { waitMs, items } of retryGroups(failed)) {
        if (retryBudget.withdraw()) {
          // Who cannot wait so long is told so now, and not when their time is up.
          const untilMs = clock.steadyMs() + waitMs;
          for (const { job, error } of items) {
            job.wait = { untilMs, error };
            if (!keepPatient(job, untilMs, error)) settle(job, error);
          }
          clock.after(waitMs, () => {
            for (const { job } of items.toReversed()) askAgain(job);
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
        else askAgain(job);
      }
    },
  };
}
