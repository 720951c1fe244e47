/** Who is at a door, and what is opened for them. */
import type { IncomingMessage } from 'node:http';

/** What is opened for one operation, or one event of a subscription, and closed when it has an answer. */
export interface OpenOperation<Context> {
  readonly context: Context;
  readonly end: () => void;
  /** For how many milliseconds the caller may keep what has been answered so far; 0 where they may not. */
  readonly freshForMs: () => number;
}

/** A caller who has said who they are. */
export interface Session<Context> {
  /** When they have to say so again, in milliseconds since the epoch; null for never. */
  readonly endsAtMs: number | null;
  /** What tells them from others; null where callers are not told apart. */
  readonly caller: string | null;
  /** Opens one operation, or one event, for the request by which the caller has come. */
  open(requestId: string, request: IncomingMessage): OpenOperation<Context>;
}

/**
 * Opens the session of who sends an `Authorization` header. Rejects with an `AuthenticationError` when it proves nothing,
 * with an `AuthenticationUnavailableError` when that cannot be told now, and with an `AccessError` when the caller may ask
 * for nothing at all.
 */
export type OpenSession<Context> = (authorization: string | undefined) => Promise<Session<Context>>;
