/** Which failed requests are retried, after what delay, and how many. */
import type { GraphError } from './error.ts';

/** The longest first wait; the bound doubles with each further try. */
const BASE_DELAY_MS = 250;

/** A request is tried at most this many times, the first time included. */
export const MAX_TRIES = 4;

/**
 * Whether a retry of the same request may succeed: it was throttled, the service was unavailable, or the network
 * failed. https://learn.microsoft.com/en-us/graph/errors, https://learn.microsoft.com/en-us/graph/throttling
 */
export function isWorthRetrying(error: GraphError, method: string): boolean {
  if (error.status === 429) return true;
  // Unless it was throttled, Graph may have done it after all. A second POST would create a duplicate, whereas our
  // PATCHes and DELETEs are idempotent.
  if (method === 'POST') return false;
  return error.reason === 'unreachable' || error.status === 503 || error.status === 504;
}

/**
 * How long to wait before the next try, in milliseconds, after `tries` have failed: exponential backoff with full
 * jitter (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/), but no less than Graph demands,
 * which may be nothing, or a date that has passed by our clock. `random` returns a number from 0 to 1.
 */
export function retryDelayMs(tries: number, retryAfterMs: number | null, random: () => number): number {
  const backoffMs = random() * BASE_DELAY_MS * 2 ** (tries - 1);
  return Math.max(retryAfterMs ?? 0, backoffMs);
}

/**
 * Parses a `Retry-After` header as milliseconds from `nowMs`; null when it is missing or invalid. Graph sends seconds,
 * sometimes with a fraction; HTTP allows a date too (https://www.rfc-editor.org/rfc/rfc9110#field.retry-after).
 */
export function parseRetryAfter(value: string | null | undefined, nowMs: number): number | null {
  const text = value?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1_000);
  // Only the HTTP-date form: Date.parse alone would take "-5" for a year.
  const date = /^[A-Z][a-z]{2},? .+GMT$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? null : Math.max(0, date - nowMs);
}

/** The longest pause, whatever Graph demands. */
const LONGEST_PAUSE_MS = 5 * 60_000;

/** How long Graph receives no requests after it demanded this wait, in milliseconds; 0 when it demanded none. */
export function pauseFor(retryAfterMs: number | null): number {
  return Math.min(LONGEST_PAUSE_MS, retryAfterMs ?? 0);
}

/** A failed request that is to be retried. */
export interface Retry {
  /** How long it has to wait. */
  readonly delayMs: number;
  /** How long it can wait until its last waiter's deadline. */
  readonly patienceMs: number;
  /** Whether Graph demanded the wait, by `Retry-After`. */
  readonly hasRetryAfter: boolean;
}

/**
 * Groups requests that failed together, so that retrying them costs one request and not twenty. Each group waits for
 * its longest delay. A request that cannot wait so long is in another group. Requests with a
 * `Retry-After` are never in one group with others, which would wait for them.
 */
export function retryGroups<Item extends Retry>(failed: readonly Item[]): { waitMs: number; items: Item[] }[] {
  const groups: { waitMs: number; items: Item[] }[] = [];
  for (const hasRetryAfter of [true, false]) {
    let rest = failed.filter((item) => item.hasRetryAfter === hasRetryAfter);
    while (rest.length > 0) {
      const waitMs = Math.max(...rest.map(({ delayMs }) => delayMs));
      const items = rest.filter(({ patienceMs }) => waitMs < patienceMs);
      // No request is retried whose delay exceeds its patience, so the one with the longest delay is in the group.
      groups.push({ waitMs, items });
      rest = rest.filter(({ patienceMs }) => waitMs >= patienceMs);
    }
  }
  return groups;
}

/** Limits how many retries a process adds to its requests. */
export interface RetryBudget {
  /** Counts a request that is not a retry. */
  deposit(): void;
  /** Whether one more retry may be sent; if so, it is counted. */
  withdraw(): boolean;
  /** How many retries may be sent now. */
  readonly left: () => number;
}

interface RetryBudgetOptions {
  readonly ratio?: number;
  readonly reserve?: number;
  /** Called for each retry that was wanted, with whether there was room for it. */
  readonly onWanted?: ((hasRoom: boolean) => void) | undefined;
}

/**
 * Creates a budget that allows `ratio` retries per request and `reserve` more, so that retries do not make an outage
 * worse: https://sre.google/sre-book/handling-overload/
 */
export function createRetryBudget({ ratio = 0.2, reserve = 10, onWanted }: RetryBudgetOptions = {}): RetryBudget {
  let retries = reserve;
  return {
    deposit() {
      retries = Math.min(reserve, retries + ratio);
    },
    withdraw() {
      const hasRoom = retries >= 1;
      if (hasRoom) retries -= 1;
      onWanted?.(hasRoom);
      return hasRoom;
    },
    left: () => retries,
  };
}
