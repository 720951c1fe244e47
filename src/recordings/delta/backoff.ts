/** The backoff after Graph has failed to return what comes after a position. */
import { nothingToCancel } from '../../clock.ts';
import type { Clock } from '../../clock.ts';
import { GraphError } from '../../msgraph/error.ts';
import { pauseFor } from '../../msgraph/retry.ts';
import { isTransient } from './failure.ts';

export interface Backoff {
  /**
   * Runs work that queries Graph. After a temporary failure it rejects for a while with the same error, without running
   * the work.
   */
  run<Outcome>(work: () => Promise<Outcome>): Promise<Outcome>;
  /** Stops calling `onOver`. */
  end(): void;
}

interface BackoffParts {
  readonly clock: Clock;
  /** The minimum length of a pause. Graph may request a longer one, up to five minutes. */
  readonly shortestMs: number;
  /** Called when a pause is over. */
  readonly onOver: () => void;
}

/** Creates the pauses of one organizer, which all its subscribers share. */
export function createBackoff({ clock, shortestMs, onOver }: BackoffParts): Backoff {
  let current: { readonly error: GraphError; readonly untilMs: number } | null = null;
  let cancel = nothingToCancel;
  let isEnded = false;

  function begin(error: GraphError): void {
    const untilMs = clock.steadyMs() + Math.max(shortestMs, pauseFor(error.retryAfterMs));
    // Of the failures of concurrent requests, the longest pause counts.
    if (isEnded || (current !== null && current.untilMs >= untilMs)) return;
    current = { error, untilMs };
    cancel();
    cancel = clock.after(untilMs - clock.steadyMs(), () => {
      current = null;
      onOver();
    });
  }

  return {
    async run(work) {
      if (current !== null) throw current.error;
      try {
        return await work();
      } catch (error) {
        if (error instanceof GraphError && isTransient(error)) begin(error);
        throw error;
      }
    },
    end() {
      isEnded = true;
      cancel();
    },
  };
}
