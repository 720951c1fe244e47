/**
 * Whether the process can take more. How busy its event loop is says whether what comes has to wait, and how much it answers says for
 * how long.
 */
import { performance } from 'node:perf_hooks';
import { systemClock } from '../clock.ts';
import type { Clock } from '../clock.ts';
import { createPlaces } from './places.ts';

/** What the event loop has done so far, in milliseconds: https://nodejs.org/api/perf_hooks.html#performanceeventlooputilizationutilization1-utilization2 */
export interface LoopTime {
  readonly active: number;
  readonly idle: number;
}

/** The event loop of the process, which nobody sets. */
export interface EventLoop {
  readonly spent: () => LoopTime;
  readonly after: Clock['after'];
}

/** By which doors somebody comes who may be refused. */
export type RefusingDoor = 'http' | 'websocket';

/** What whoever is refused reads. */
export interface OverloadError {
  readonly message: string;
  readonly extensions: { readonly code: 'OVERLOADED'; readonly retryAfter: number };
}

/**
 * Called when what was begun waits no more: it has an answer, or it has none that says how many can be given, for whoever asked has left
 * or was turned away, which is cheap. May
 * be called again, which does nothing.
 */
export type Settle = (how?: 'answered' | 'unanswered') => void;

export interface Overload {
  /** Called for each who comes: null where they are welcome, and otherwise what they are told. */
  readonly refusal: (door: RefusingDoor) => OverloadError | null;
  /**
   * Counts a request until it is settled, for its caller too unless that is null. Returns an error if the limit has been reached
   * since the request arrived, or if the caller has reached its share of it.
   */
  readonly begin: (door: RefusingDoor, caller: string | null) => Settle | OverloadError;
  /** How many requests are without an answer. */
  readonly open: () => number;
  /** How many may be. */
  readonly limit: () => number;
  readonly stop: () => void;
}

export interface OverloadOptions {
  /** For how long the event loop has to be busy all the time, and how long an answer may take from then on. */
  readonly longestDelayMs: number;
  readonly onRefused?: ((door: RefusingDoor) => void) | undefined;
  readonly loop?: EventLoop;
  /** A number from 0 to 1. */
  readonly random?: () => number;
}

/** Each holds some memory while Graph is waited for. A Graph that takes 5 seconds lets 400 of them begin in a second. */
const MOST_OPEN = 2_000;
/** So many are let in always: one dear request may take as long as many others, and an answer of Graph longer than both. */
const LEAST_OPEN = 32;
/** The largest share of the limit for one caller, so that one cannot cause the refusal of others. */
const SHARE = 0.25;
/** An event loop that is busy for so large a share of the time has no time left. */
const BUSY = 0.95;
/** One look may have met a spike, by garbage or by one dear request. Two, one after the other, have met a queue. */
const LOOKS = 2;
/** What may be open is at most cut to so much of what is: those who wait for Graph take no time. */
const CUT = 0.5;
/** By so much what may be open grows with each look at which the event loop is not busy. */
const GROWTH = 1.25;
/** Those who are refused together come back one after the other. */
const LONGEST_WAIT_SECONDS = 5;

const processLoop: EventLoop = {
  spent: () => performance.eventLoopUtilization(),
  after: (delayMs, callback) => systemClock.after(delayMs, callback),
};

/**
 * Begins to look how busy the event loop is, until it is stopped. When it is busy all the time, as many requests may be open as are
 * answered within `longestDelayMs`, so that each is open no longer than that (Little's law, https://en.wikipedia.org/wiki/Little%27s_law); and
 * more again when it is not. Whoever is one too many is refused.
 */
export function createOverload({
  longestDelayMs,
  onRefused,
  loop = processLoop,
  random = Math.random,
}: OverloadOptions): Overload {
  let open = 0;
  let limit = MOST_OPEN;
  let answered = 0;
  let busyLooks = 0;
  let last = { answered, passedMs: 0 };
  let before = loop.spent();
  let cancelLook = lookSoon();
  const shares = createPlaces(
    {
      get inAll() {
        return limit;
      },
      get perCaller() {
        return Math.floor(SHARE * limit);
      },
    },
    { open: 'requests open', are: 'requests are open' },
  );

  function lookSoon(): () => void {
    return loop.after(longestDelayMs / LOOKS, () => {
      look(loop.spent());
      cancelLook = lookSoon();
    });
  }

  function look(now: LoopTime): void {
    const activeMs = now.active - before.active;
    const passedMs = activeMs + now.idle - before.idle;
    busyLooks = activeMs >= BUSY * passedMs ? busyLooks + 1 : 0;
    if (busyLooks === 0) limit = Math.min(MOST_OPEN, Math.ceil(GROWTH * limit));
    else if (busyLooks >= LOOKS) {
      // What goes on together is answered together, so that one look may find all of it and the next nothing.
      const perMs = (last.answered + answered) / (last.passedMs + passedMs);
      const inTime = Math.floor(perMs * longestDelayMs);
      limit = Math.min(MOST_OPEN, Math.max(LEAST_OPEN, inTime, Math.floor(CUT * open)));
    }
    last = { answered, passedMs };
    answered = 0;
    before = now;
  }

  function refuse(door: RefusingDoor): OverloadError {
    onRefused?.(door);
    return {
      message:
        'The gateway has more to do than it can, and has begun nothing for this request. Send it again after as many seconds as "retryAfter" says.',
      extensions: { code: 'OVERLOADED', retryAfter: 1 + Math.floor(random() * LONGEST_WAIT_SECONDS) },
    };
  }

  return {
    refusal: (door) => (open < limit ? null : refuse(door)),
    begin(door, caller) {
      const place = shares.take(caller);
      if (typeof place === 'string') return refuse(door);
      open += 1;
      let isOver = false;
      return (how = 'answered') => {
        if (isOver) return;
        isOver = true;
        open -= 1;
        place.release();
        if (how === 'answered') answered += 1;
      };
    },
    open: () => open,
    limit: () => limit,
    stop: () => cancelLook(),
  };
}
