/** What the doors that stay open need of GraphQL, and what ends what goes on in them. */
import type { DocumentNode, FormattedExecutionResult, GraphQLFormattedError } from 'graphql';
import { AuthenticationError } from '../access/error.ts';
import type { OpenOperation, OpenSession, Session } from './session.ts';
import type { PlaceWords, Places } from './places.ts';

/** Time, so that a test can drive it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds since some beginning, which only ever grow, however the machine's clock is set. */
  steadyMs(): number;
  /** Calls back once after `delayMs`; the function that it returns calls that off. */
  after(delayMs: number, callback: () => void): () => void;
}

interface LiveRequest {
  readonly query?: string | null | undefined;
  readonly documentId?: unknown;
  readonly extensions?: unknown;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
}

interface LiveCaller<Context> {
  readonly requestId: string;
  readonly door: 'sse' | 'websocket' | 'callback';
  readonly signal: AbortSignal;
  readonly onSettled?: (() => void) | undefined;
  open(): OpenOperation<Context>;
}

/** An operation that may be executed, or the errors because of which it may not, as a client reads them. */
export type LiveOperation<Context> =
  | { readonly errors: readonly GraphQLFormattedError[] }
  | {
      readonly errors: null;
      readonly document: DocumentNode;
      answers(caller: LiveCaller<Context>): AsyncGenerator<FormattedExecutionResult, void>;
    };

export interface LiveDoor<Context> {
  readonly openSession: OpenSession<Context>;
  readonly prepare: (request: LiveRequest) => LiveOperation<Context>;
  /** The origins whose pages may ask. */
  readonly corsOrigins: readonly string[];
  readonly clock: Clock;
  /** How many may stay at once, by whichever door. */
  readonly places: Places;
  /** Told of each who is cut off because they took nothing. */
  readonly onCut?: ((door: 'sse' | 'websocket') => void) | undefined;
  /** Aborts when the process is to end: what goes on is cut, and goes on elsewhere. */
  readonly closing: AbortSignal;
}

/** So often something is sent, so that nobody on the way takes the connection for dead. */
export const KEEP_ALIVE_MS = 12_000;

/** Who has not taken an event for so long is cut off. They have the token of the one before, and can come back with it. */
export const SLOW_MS = 30_000;

/** How it is told of the places of those who stay, each of whom holds some memory for as long as they like. */
export const LISTENING: PlaceWords = { open: 'connections open to listen', are: 'connections are open to listen' };

/** `setTimeout` takes no more. A session that lasts longer is looked at again then. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

/** One caller's time at a door: it ends with their token, with the process, or when they leave. */
export interface Stay {
  readonly signal: AbortSignal;
  readonly leave: () => void;
}

/** For a timer that is not set. */
export const nothingToCancel = (): void => {};

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
export function beginStay<Context>(
  { endsAtMs }: Session<Context>,
  { clock, closing }: Pick<LiveDoor<Context>, 'clock' | 'closing'>,
): Stay {
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
