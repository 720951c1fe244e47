/** The lifetime of a streaming connection, and of the operations within it. */
import { onAbort } from '../../abort.ts';
import { AuthenticationError } from '../../access/error.ts';
import { LONGEST_DELAY_MS, nothingToCancel } from '../../clock.ts';
import type { Clock } from '../../clock.ts';
import type { Session } from '../session.ts';

/** The dependencies of a lifetime. */
interface LifetimeParts {
  readonly clock: Clock;
  /** Aborts when the process shuts down. */
  readonly closing: AbortSignal;
}

/** A stream's lifetime. It ends with the caller's token, with the process, or on leaving. */
export interface StreamLifetime {
  readonly signal: AbortSignal;
  readonly leave: () => void;
}

/** Begins a lifetime within another, with which it ends at the latest. `onEnd` is called once when it has ended. */
export function beginWithin({ signal: outer }: StreamLifetime, onEnd: () => void): StreamLifetime {
  const controller = new AbortController();
  controller.signal.addEventListener('abort', onEnd, { once: true });
  const stopListening = onAbort(outer, () => controller.abort(outer.reason));
  return {
    signal: controller.signal,
    leave() {
      stopListening();
      controller.abort(new Error('The client has disconnected.'));
    },
  };
}

const ENDED = 'The access token has expired. Reconnect with a new one.';

/**
 * Begins the lifetime of a stream. If the token expires, the reason of the signal is an `AuthenticationError`, which
 * the caller receives.
 */
export function beginStream(
  { endsAtMs }: Pick<Session<unknown>, 'endsAtMs'>,
  { clock, closing }: LifetimeParts,
): StreamLifetime {
  const controller = new AbortController();
  let cancelEnd = nothingToCancel;
  const leave = (): void => {
    cancelEnd();
    closing.removeEventListener('abort', leave);
    controller.abort(new Error('The client has disconnected.'));
  };
  const endInTime = (atMs: number): void => {
    const leftMs = atMs - clock.now();
    // A longer session is checked again then.
    if (leftMs > 0) cancelEnd = clock.after(Math.min(LONGEST_DELAY_MS, leftMs), () => endInTime(atMs));
    // Only after this function returns: the code that begins the stream does not listen yet.
    else queueMicrotask(() => controller.abort(new AuthenticationError(ENDED)));
  };
  closing.addEventListener('abort', leave, { once: true });
  if (closing.aborted) leave();
  else if (endsAtMs !== null) endInTime(endsAtMs);
  return { signal: controller.signal, leave };
}
