/** When to try again, and how long to wait before. */
import type { GraphError } from './error.ts';

/** The first wait is at most this long, and each further one at most twice the one before. */
const BASE_DELAY_MS = 250;
const LONGEST_DELAY_MS = 8_000;

/** A request is tried at most this often, the first time included. */
export const MAX_TRIES = 4;

/**
 * Whether the same request may have an answer when it is tried again: it was throttled, the service was away, or the
 * network failed. https://learn.microsoft.com/en-us/graph/errors, https://learn.microsoft.com/en-us/graph/throttling
 */
export function isWorthRetrying(error: GraphError, method: string): boolean {
  if (error.status === 429) return true;
  // Unless it was throttled, Graph may have done it after all: what is made once more is there twice, whereas our PATCHes
  // say what is to be, and what is deleted stays so.
  if (method === 'POST') return false;
  return error.reason === 'unreachable' || error.status === 503 || error.status === 504;
}

/**
 * How long to wait before the next try, in milliseconds, after `tries` have failed: exponential backoff with full jitter
 * (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/), `random` giving a number from 0 to 1; and no less than Graph asks
 * for, which may be nothing, or a date that is over by our clock.
 */
export function retryDelayMs(tries: number, retryAfterMs: number | null, random: () => number): number {
  const backoffMs = random() * Math.min(LONGEST_DELAY_MS, BASE_DELAY_MS * 2 ** (tries - 1));
  return Math.max(retryAfterMs ?? 0, backoffMs);
}

/**
 * Reads a `Retry-After` header as milliseconds from `nowMs`; null when there is none that can be understood. Graph sends
 * seconds, sometimes with a fraction; HTTP allows a date too (https://www.rfc-editor.org/rfc/rfc9110#field.retry-after).
 */
export function parseRetryAfter(value: string | null | undefined, nowMs: number): number | null {
  const text = value?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1_000);
  // Only the HTTP-date form: Date.parse alone would take "-5" for a year.
  const date = /^[A-Z][a-z]{2},? .+GMT$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? null : Math.max(0, date - nowMs);
}

/** Whatever Graph asks for, after so long it is tried again. */
const LONGEST_PAUSE_MS = 5 * 60_000;

/** How long Graph is left alone that has asked for this, in milliseconds; not at all where it has asked for nothing. */
export function pauseFor(retryAfterMs: number | null): number {
  return Math.min(LONGEST_PAUSE_MS, retryAfterMs ?? 0);
}

/** Something that is to be tried again. */
export interface Retry {
  /** How long it has to wait. */
  readonly delayMs: number;
  /** How long it can wait before nobody wants it any more. */
  readonly patienceMs: number;
  /** Whether it was Graph that said how long, and not we. */
  readonly isAsked: boolean;
}

/**
 * Puts together what failed together, so that trying all of it again costs one request and not twenty: each group waits as
 * long as the longest of its own. What could not wait so long is in another group, and what Graph asked to wait keeps
 * nobody waiting of whom it asked nothing.
 */
export function retryGroups<Item extends Retry>(failed: readonly Item[]): { waitMs: number; items: Item[] }[] {
  const groups: { waitMs: number; items: Item[] }[] = [];
  for (const isAsked of [true, false]) {
    let rest = failed.filter((item) => item.isAsked === isAsked);
    while (rest.length > 0) {
      const waitMs = Math.max(...rest.map(({ delayMs }) => delayMs));
      const items = rest.filter(({ patienceMs }) => waitMs < patienceMs);
      // Nothing is tried whose own wait is too long, so that whoever waits longest is in the group.
      groups.push({ waitMs, items });
      rest = rest.filter(({ patienceMs }) => waitMs >= patienceMs);
    }
  }
  return groups;
}

/** How many retries a process may add to what is asked of it anyway. */
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
  /** Told of each retry that was wanted, and whether there was room for it. */
  readonly onWanted?: ((hasRoom: boolean) => void) | undefined;
}

/**
 * A budget that lets retries add `ratio` of the requests and `reserve` more, so that an outage is not made worse by
 * everyone trying again: https://sre.google/sre-book/handling-overload/
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
