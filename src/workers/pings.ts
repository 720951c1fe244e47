/** Detects a worker that hangs. One in an endless loop keeps its connections, and does not end by itself. */
import { z } from 'zod';
import type { Clock } from '../clock.ts';

/** How often each worker is pinged. */
const INTERVAL_MS = 5_000;

/** A worker that leaves this many pings in a row unanswered is given up. */
const MOST_UNANSWERED = 6;

const ping = z.object({ kind: z.literal('ping') });

interface Pinging {
  readonly clock: Pick<Clock, 'after'>;
  readonly send: (message: z.infer<typeof ping>) => void;
  /** Called once, after the last ping has also had its interval. */
  readonly giveUp: () => void;
}

export interface Pings {
  /** Called for any message of the worker: a worker that sends something does not hang. */
  readonly answered: () => void;
  /** Called when the worker has disconnected. */
  readonly stop: () => void;
}

/**
 * Starts to ping a worker, in the primary. It counts pings and not time: a primary that was suspended has sent none
 * meanwhile, and gives up no worker for that.
 */
export function startPings({ clock, send, giveUp }: Pinging): Pings {
  let unanswered = 0;
  let cancel = clock.after(INTERVAL_MS, next);
  function next(): void {
    if (unanswered === MOST_UNANSWERED) {
      giveUp();
      return;
    }
    unanswered += 1;
    cancel = clock.after(INTERVAL_MS, next);
    send({ kind: 'ping' });
  }
  return {
    answered() {
      unanswered = 0;
    },
    stop: () => cancel(),
  };
}

/** Answers the pings of the primary for as long as the event loop turns. Called once in each worker. */
export function answerPings(): void {
  process.on('message', (message: unknown) => {
    // The primary may have ended by now, so a failure to send is ignored.
    if (ping.safeParse(message).success) process.send?.({ kind: 'pong' }, undefined, undefined, () => undefined);
  });
}
