/** Whether a worker still answers. One in an endless loop keeps what it has been handed, and does not end by itself. */
import { z } from 'zod';

/** How often each is asked. */
const INTERVAL_MS = 5_000;

/** Who has left so many pings in a row without an answer is given up. */
const MOST_UNANSWERED = 6;

const ping = z.object({ kind: z.literal('ping') });

interface Pinging {
  /** Calls back once after `delayMs`; the function that it returns calls that off. */
  readonly after: (delayMs: number, callback: () => void) => () => void;
  readonly send: (message: z.infer<typeof ping>) => void;
  /** Called once, when the last ping has had its time as well. */
  readonly giveUp: () => void;
}

export interface Pings {
  /** Told of whatever the worker says: who says something does not hang. */
  readonly answered: () => void;
  /** Called when there is nobody to ask any more. */
  readonly stop: () => void;
}

/**
 * Pings a worker from now on, in the primary. It counts pings and not time: who was suspended itself has sent none meanwhile, and
 * gives nobody up for it.
 */
export function startPings({ after, send, giveUp }: Pinging): Pings {
  let unanswered = 0;
  let cancel = after(INTERVAL_MS, next);
  function next(): void {
    if (unanswered === MOST_UNANSWERED) {
      giveUp();
      return;
    }
    unanswered += 1;
    cancel = after(INTERVAL_MS, next);
    send({ kind: 'ping' });
  }
  return {
    answered() {
      unanswered = 0;
    },
    stop: () => cancel(),
  };
}

/** Has a worker answer the pings of its primary, as long as its event loop turns. Called once in it. */
export function answerPings(): void {
  process.on('message', (message: unknown) => {
    // The primary may have ended by now, and then nobody waits for it.
    if (ping.safeParse(message).success) process.send?.({ kind: 'pong' }, undefined, undefined, () => undefined);
  });
}
