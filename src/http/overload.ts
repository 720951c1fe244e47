/**
 * Whether the process can take more. How long everything waits for its turn shows in how late the event loop is: https://nodejs.org/en/learn/asynchronous-work/dont-block-the-event-loop
 */
import { performance } from 'node:perf_hooks';

/** Time within the process, in milliseconds, which nobody sets. */
export interface Time {
  now(): number;
  after(delayMs: number, callback: () => void): () => void;
}

/** By which doors somebody comes who may be refused. */
export type RefusingDoor = 'http' | 'websocket';

/** What whoever is refused reads. */
export interface OverloadError {
  readonly message: string;
  readonly extensions: { readonly code: 'OVERLOADED'; readonly retryAfter: number };
}

export interface Overload {
  /** Called for each who comes: null where they are welcome, and otherwise what they are told. */
  readonly refusal: (door: RefusingDoor) => OverloadError | null;
  /** Counts a request that begins. What it gives is called when its answer is there, and may be called again. */
  readonly begin: () => () => void;
  /** How many requests are without an answer. */
  readonly open: () => number;
  /** How many may be. */
  readonly limit: () => number;
  readonly stop: () => void;
}

export interface OverloadOptions {
  /** How late the event loop may be all the time. One operation takes ten turns or so. */
  readonly longestDelayMs: number;
  readonly onRefused?: ((door: RefusingDoor) => void) | undefined;
  readonly time?: Time;
  /** A number from 0 to 1. */
  readonly random?: () => number;
}

/** Each holds some memory while Graph is waited for. A Graph that takes 5 seconds lets 400 of them begin in a second. */
const MOST_OPEN = 2_000;
/** So many are let in always. */
const LEAST_OPEN = 8;
/** So often it is looked how late the event loop is. */
const LOOK_MS = 20;
/** The best of so many looks, over so long, counts: what is late once is a spike, and what is always late is a queue. */
const LEAST_LOOKS = 3;
const WINDOW_MS = 300;
/** What may be open is cut to so much of what was each time that it is too much, and grows by so much while it is not. */
const CUT = 0.7;
const GROWTH = 1.25;
/** Those who are refused together come back one after the other. */
const LONGEST_WAIT_SECONDS = 5;

const processTime: Time = {
  now: () => performance.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs).unref();
    return () => clearTimeout(timer);
  },
};

/**
 * Begins to look how late the event loop is, until it is stopped. While even the best look of a window is later than
 * `longestDelayMs` there is a queue that does not go away (CoDel, https://www.rfc-editor.org/rfc/rfc8289), and fewer requests may be open at
 * once; more again when it is less than half as late. Whoever is one too many is refused.
 */
export function createOverload({
  longestDelayMs,
  onRefused,
  time = processTime,
  random = Math.random,
}: OverloadOptions): Overload {
  let open = 0;
  let mostLately = 0;
  let limit = MOST_OPEN;
  let looks = 0;
  let leastMs = Infinity;
  let sinceMs = time.now();
  let cancelLook = lookSoon();

  function lookSoon(): () => void {
    const dueMs = time.now() + LOOK_MS;
    return time.after(LOOK_MS, () => {
      look(time.now() - dueMs);
      cancelLook = lookSoon();
    });
  }

  function look(lateMs: number): void {
    looks += 1;
    leastMs = Math.min(leastMs, lateMs);
    if (looks < LEAST_LOOKS || time.now() - sinceMs < WINDOW_MS) return;
    // Of what is open, and not of what might be.
    if (leastMs > longestDelayMs) limit = Math.max(LEAST_OPEN, Math.floor(CUT * Math.min(limit, mostLately)));
    else if (leastMs < longestDelayMs / 2) limit = Math.min(MOST_OPEN, Math.ceil(GROWTH * limit));
    looks = 0;
    leastMs = Infinity;
    sinceMs = time.now();
    mostLately = open;
  }

  return {
    refusal(door) {
      if (open < limit) return null;
      onRefused?.(door);
      return {
        message:
          'The gateway has more to do than it can, and has begun nothing for this request. Send it again after as many seconds as "retryAfter" says.',
        extensions: { code: 'OVERLOADED', retryAfter: 1 + Math.floor(random() * LONGEST_WAIT_SECONDS) },
      };
    },
    begin() {
      open += 1;
      mostLately = Math.max(mostLately, open);
      let isOver = false;
      return () => {
        if (!isOver) open -= 1;
        isOver = true;
      };
    },
    open: () => open,
    limit: () => limit,
    stop: () => cancelLook(),
  };
}
