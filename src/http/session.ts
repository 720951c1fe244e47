/** An endpoint's caller, and what is opened for it. */
import type { IncomingMessage } from 'node:http';

/** An open operation, or one event of a subscription. It is ended when it is answered. */
export interface OpenOperation<Context> {
  readonly context: Context;
  readonly end: () => void;
  /** For how many milliseconds the caller may cache the answer so far; 0 if not at all. */
  readonly freshForMs: () => number;
}

/** The session of one caller. */
export interface Session<Context> {
  /** When to authenticate again, in milliseconds since the epoch; null for never. */
  readonly endsAtMs: number | null;
  /** Identifies the caller; null if callers are not distinguished. */
  readonly caller: string | null;
  /**
   * Opens one operation, or one event, for the request that the caller sent. How long it has waited is part of its time;
   * 0 ms when left out.
   */
  open(requestId: string, request: IncomingMessage, waitedMs?: number): OpenOperation<Context>;
}

/**
 * Opens the session for an `Authorization` header. Rejects with an `AuthenticationError` when it proves nothing, an
 * `AuthenticationUnavailableError` when it cannot be checked now, and an `AccessError` when the caller may request
 * nothing at all.
 */
export type OpenSession<Context> = (authorization: string | undefined) => Promise<Session<Context>>;
