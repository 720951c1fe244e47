/** How long somebody stays at a door that stays open, and what goes on for them meanwhile. */
import { AuthenticationError } from '../access/error.ts';
import { nothingToCancel } from './clock.ts';
import type { Clock } from './clock.ts';
import type { Session } from './session.ts';

/** `setTimeout` takes no more. A session that lasts longer is looked at again then. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

/** What a stay needs of its door. */
interface StayDoor {
  readonly clock: Clock;
  /** Aborts when the process is to end. */
  readonly closing: AbortSignal;
}

/** One caller's time at a door: it ends with their token, with the process, or when they leave. */
export interface Stay {
  readonly signal: AbortSignal;
  readonly leave: () => void;
}

/** Begins what goes on within a stay: it ends with it, and can be left before. `onEnd` is called once when it has ended. */
export function beginWithin({ signal: outer }: Stay, onEnd: () => void): Stay {
  const controller = new AbortController();
  controller.signal.addEventListener('abort', () => onEnd(), { once: true });
  const onAbort = (): void => controller.abort(outer.reason);
  outer.addEventListener('abort', onAbort, { once: true });
  if (outer.aborted) onAbort();
  return {
    signal: controller.signal,
    leave() {
      outer.removeEventListener('abort', onAbort);
      controller.abort(new Error('The caller has left.'));
    },
  };
}

const ENDED = 'The access token has ended: come back with a new one.';

/** Begins a stay. When the token ends the signal's reason is an `AuthenticationError`, which is told; otherwise nothing is. */
export function beginStay({ endsAtMs }: Pick<Session<unknown>, 'endsAtMs'>, { clock, closing }: StayDoor): Stay {
  const controller = new AbortController();
  let cancelEnd = nothingToCancel;
  const leave = (): void => {
    cancelEnd();
    closing.removeEventListener('abort', leave);
    controller.abort(new Error('The caller has left.'));
  };
  const endInTime = (atMs: number): void => {
    const leftMs = atMs - clock.now();
    if (leftMs > 0) cancelEnd = clock.after(Math.min(LONGEST_DELAY_MS, leftMs), () => endInTime(atMs));
    // Not before this function is over: whoever begins the stay has yet to listen for its end.
    else queueMicrotask(() => controller.abort(new AuthenticationError(ENDED)));
  };
  closing.addEventListener('abort', leave, { once: true });
  if (closing.aborted) leave();
  else if (endsAtMs !== null) endInTime(endsAtMs);
  return { signal: controller.signal, leave };
}
