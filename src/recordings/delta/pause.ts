/** How long Graph is left alone after it has failed to tell what comes after a position. */
import { nothingToCancel } from '../../clock.ts';
import type { Clock } from '../../clock.ts';
import { GraphError } from '../../msgraph/error.ts';
import { pauseFor } from '../../msgraph/retry.ts';
import { isTransient } from './failure.ts';

export interface Pause {
  /** Does what asks Graph. Where that fails and may be had later, it rejects for a while without doing it, with the same error. */
  keep<Outcome>(work: () => Promise<Outcome>): Promise<Outcome>;
  /** Tells nobody any more when a pause is over. */
  end(): void;
}

interface PauseParts {
  readonly clock: Clock;
  /** A pause is at least so long, and longer where Graph asks for that, five minutes at most. */
  readonly shortestMs: number;
  /** Told when a pause is over. */
  readonly onOver: () => void;
}

/** Creates the pauses of one organizer, which all who listen to them share. */
export function createPause({ clock, shortestMs, onOver }: PauseParts): Pause {
  let current: { readonly error: GraphError; readonly untilMs: number } | null = null;
  let cancel = nothingToCancel;
  let isEnded = false;

  function begin(error: GraphError): void {
    const untilMs = clock.steadyMs() + Math.max(shortestMs, pauseFor(error.retryAfterMs));
    // Of several that were under way together, the one that asks for most.
    if (isEnded || (current !== null && current.untilMs >= untilMs)) return;
    current = { error, untilMs };
    cancel();
    cancel = clock.after(untilMs - clock.steadyMs(), () => {
      current = null;
      onOver();
    });
  }

  return {
    async keep(work) {
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
