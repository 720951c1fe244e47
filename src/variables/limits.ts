/** The variables that bound the use of Graph and of the machine. */
import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { defaulted, whole, wholeNumber } from './variable.ts';

const workers = whole(1, 256);
const allCores = z.literal('auto').transform(() => availableParallelism());

/** The variables of concurrency, of durations and of what one operation or caller may use. */
export const limitVariables = {
  GRAPH_CONCURRENCY: wholeNumber(
    { from: 1, to: 1_000, default: 8 },
    'How many HTTP requests to Graph may be in flight at most; fewer while it fails, throttles or is slow. While so many are, what is asked waits and fills the next batches.',
  ),
  OPERATION_TIMEOUT_MS: wholeNumber(
    { from: 100, to: 600_000, default: 9_500 },
    'How long one operation may take, in milliseconds. What Graph has not answered by then fails with `UPSTREAM_TIMEOUT`.',
  ),
  DRAIN_DELAY_MS: wholeNumber(
    { from: 0, to: 300_000, default: 5_000 },
    'How long after `SIGTERM` it still takes new work, in milliseconds, while `/readyz` says 503: until whoever sends it has noticed.',
  ),
  OPERATION_GRAPH_REQUESTS: wholeNumber(
    { from: 1, to: 1_000_000, default: 1_000 },
    'How many requests to Graph one operation may cause, a part of a batch counting as one. Further loads fail with `BUDGET_EXCEEDED`.',
  ),
  OPERATION_HTTP_REQUESTS: wholeNumber(
    { from: 1, to: 1_000_000, default: 60 },
    'How many HTTP requests to Graph one operation may cause, a batch counting as one, and by its share where operations share it. Each try counts. What waits for more fails with `BUDGET_EXCEEDED`.',
  ),
  OVERLOAD_DELAY_MS: wholeNumber(
    { from: 100, to: 60_000, default: 500 },
    'How long requests may be open while the process is busy all the time, in milliseconds. When it has been busy for so long, only as many may be open at once as it answers within that, and the others are refused with 503 and `OVERLOADED`.',
  ),
  CACHE_TTL_MS: wholeNumber(
    { from: 0, to: 300_000, default: 0 },
    'How long meetings and users are kept and answered again without asking Graph, in milliseconds: for one credential each, on behalf of callers for one token. `0` keeps nothing. What Graph has changed or taken from somebody in the meantime is seen when that time is over.',
  ),
  WORKERS: defaulted({
    schema: allCores.or(workers.schema),
    default: 1,
    expected: `${workers.expected}, or auto`,
    does: 'How many processes share the port and the work; with `auto` as many as the machine has cores. More than one need `REDIS_URL`, and share among them what `GRAPH_CONCURRENCY`, `CONTENT_STREAMS` and `LISTENERS` allow.',
  }),
  CONTENT_STREAMS: wholeNumber(
    { from: 1, to: 100_000, default: 200 },
    'How many recordings this gateway streams at once, at most. Further requests are answered with 429.',
  ),
  CONTENT_STREAMS_PER_CALLER: wholeNumber(
    { from: 1, to: 100_000, default: 10 },
    'How many of them go to one caller, where callers are authenticated.',
  ),
  LISTENERS: wholeNumber(
    { from: 1, to: 1_000_000, default: 10_000 },
    'How many connections over which somebody listens this gateway keeps open at once, at most: events and WebSocket together, and as one each subscription over callbacks and each beyond the first over a WebSocket.',
  ),
  LISTENERS_PER_CALLER: wholeNumber(
    { from: 1, to: 1_000_000, default: 1_000 },
    'How many of them one caller may have, where callers are authenticated. A router that listens for many is one caller.',
  ),
};
