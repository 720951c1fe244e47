/**
 * Load shedding: whether the process can accept more requests. The load of its event loop says whether they have to
 * wait, and the rate of its responses says how long.
 */
import { performance } from 'node:perf_hooks';
import { systemClock } from '../../clock.ts';
import type { Clock } from '../../clock.ts';
import { createSlots } from './slots.ts';

/**
 * The time of the event loop so far, in milliseconds:
 * https://nodejs.org/api/perf_hooks.html#performanceeventlooputilizationutilization1-utilization2
 */
export interface LoopTime {
  readonly active: number;
  readonly idle: number;
}

/** The event loop of the process, which runs in real time. */
export interface EventLoop {
  readonly spent: () => LoopTime;
  readonly after: Clock['after'];
}

/** The transports whose requests may be refused. */
export type RefusingTransport = 'http' | 'websocket';

/** The error of a refused request. */
export interface OverloadError {
  readonly message: string;
  readonly extensions: { readonly code: 'OVERLOADED'; readonly retryAfter: number };
}

/**
 * Ends a request: `answered`, or `unanswered` if its caller has left or was turned away, which is cheap and says
 * nothing about the rate of answers. Further calls do nothing.
 */
export type Settle = (how?: 'answered' | 'unanswered') => void;

export interface Overload {
  /** Called for each new request: null if it is accepted, otherwise the error for it. */
  readonly refusal: (transport: RefusingTransport) => OverloadError | null;
  /**
   * Counts a request until it is settled, for its caller too unless that is null. Returns an error if the limit has
   * been reached since the request arrived, or if the caller has reached its share of it.
   */
  readonly begin: (transport: RefusingTransport, caller: string | null) => Settle | OverloadError;
  /** The number of requests without an answer. */
  readonly open: () => number;
  /** The present limit. */
  readonly limit: () => number;
  readonly stop: () => void;
}

export interface OverloadOptions {
  /** How long the event loop must be busy without a break, and how long an answer may take from then on. */
  readonly longestDelayMs: number;
  readonly onRefused?: ((transport: RefusingTransport) => void) | undefined;
  readonly loop?: EventLoop;
  /** A number from 0 to 1. */
  readonly random?: () => number;
}

/** Each holds some memory while it waits for Graph. If Graph takes 5 seconds, 400 of them can begin in a second. */
const MOST_OPEN = 2_000;
/**
 * This many are always accepted, of several callers: one expensive request may take as long as many others, and a
 * response of Graph longer than both.
 */
const LEAST_OPEN = 32;
/** Room is short once this share of the limit is in use. */
const SHORT = 0.5;
/** The largest share of the limit for one caller while room is short, so that none causes the refusal of others. */
const SHARE = 0.25;
/** An event loop that is busy for this share of the time has no time left. */
const BUSY = 0.95;
/** One check may coincide with a spike: garbage collection, or an expensive request. Two in succession mean a queue. */
const CHECKS = 2;
/** The limit is cut at most to this share of the open requests: those that wait for Graph take no time. */
const CUT = 0.5;
/** The factor by which the limit grows at each check that finds the event loop not busy. */
const GROWTH = 1.25;
/** Spreads the retries of requests that are refused together. */
const LONGEST_WAIT_SECONDS = 5;

const processLoop: EventLoop = {
  spent: () => performance.eventLoopUtilization(),
  after: (delayMs, callback) => systemClock.after(delayMs, callback),
};

/**
 * Starts to check how busy the event loop is, until it is stopped. While it is always busy, the limit is as many
 * requests as are answered within `longestDelayMs`, so that each is open no longer than that (Little's law,
 * https://en.wikipedia.org/wiki/Little%27s_law). It grows again when it is not. Requests above the limit are refused.
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
  let busyChecks = 0;
  let last = { answered, passedMs: 0 };
  let before = loop.spent();
  let cancelCheck = checkSoon();
  const shares = createSlots(
    {
      get inAll() {
        return limit;
      },
      get perCaller() {
        return open < SHORT * limit ? limit : Math.floor(SHARE * limit);
      },
    },
    { open: 'open requests', are: 'requests can be open' },
  );

  function checkSoon(): () => void {
    return loop.after(longestDelayMs / CHECKS, () => {
      check(loop.spent());
      cancelCheck = checkSoon();
    });
  }

  function check(now: LoopTime): void {
    const activeMs = now.active - before.active;
    const passedMs = activeMs + now.idle - before.idle;
    busyChecks = activeMs >= BUSY * passedMs ? busyChecks + 1 : 0;
    if (busyChecks === 0) limit = Math.min(MOST_OPEN, Math.ceil(GROWTH * limit));
    else if (busyChecks >= CHECKS) {
      // Concurrent requests are answered together: one check may find all their answers and the next none.
      const perMs = (last.answered + answered) / (last.passedMs + passedMs);
      const inTime = Math.floor(perMs * longestDelayMs);
      limit = Math.min(MOST_OPEN, Math.max(LEAST_OPEN, inTime, Math.floor(CUT * open)));
    }
    last = { answered, passedMs };
    answered = 0;
    before = now;
  }

  function refuse(transport: RefusingTransport): OverloadError {
    onRefused?.(transport);
    return {
      message:
        'The gateway is overloaded and has not started this request. Retry it after the number of seconds in "retryAfter".',
      extensions: { code: 'OVERLOADED', retryAfter: 1 + Math.floor(random() * LONGEST_WAIT_SECONDS) },
    };
  }

  return {
    refusal: (transport) => (open < limit ? null : refuse(transport)),
    begin(transport, caller) {
      const slot = shares.take(caller);
      if (typeof slot === 'string') return refuse(transport);
      open += 1;
      let isOver = false;
      return (how = 'answered') => {
        if (isOver) return;
        isOver = true;
        open -= 1;
        slot.release();
        if (how === 'answered') answered += 1;
      };
    },
    open: () => open,
    limit: () => limit,
    stop: () => cancelCheck(),
  };
}
