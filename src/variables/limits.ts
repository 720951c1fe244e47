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
    'Limits the HTTP requests to Graph in flight; the limit is lower while Graph fails, throttles or is slow. Further requests wait and fill the next batches.',
  ),
  OPERATION_TIMEOUT_MS: wholeNumber(
    { from: 100, to: 600_000, default: 9_500 },
    'Limits the duration of one operation, in milliseconds. Requests that Graph has not answered by then fail with `UPSTREAM_TIMEOUT`.',
  ),
  DRAIN_DELAY_MS: wholeNumber(
    { from: 0, to: 300_000, default: 5_000 },
    'Sets how long the gateway still accepts new work after `SIGTERM`, in milliseconds. During this time `/readyz` responds with 503, so that load balancers notice.',
  ),
  OPERATION_GRAPH_REQUESTS: wholeNumber(
    { from: 1, to: 1_000_000, default: 1_000 },
    'Limits the requests to Graph that one operation may cause; each part of a batch counts as one. Further loads fail with `BUDGET_EXCEEDED`.',
  ),
  OPERATION_HTTP_REQUESTS: wholeNumber(
    { from: 1, to: 1_000_000, default: 60 },
    'Limits the HTTP requests to Graph that one operation may cause. A batch counts as one, or by its share if operations share it; every try counts. Loads that need more fail with `BUDGET_EXCEEDED`.',
  ),
  OVERLOAD_DELAY_MS: wholeNumber(
    { from: 100, to: 60_000, default: 500 },
    'Limits how long requests may be open while the process is busy all the time, in milliseconds. After that time, the process accepts only as many requests at once as it can answer within it, and refuses the others with 503 and `OVERLOADED`.',
  ),
  CACHE_TTL_MS: wholeNumber(
    { from: 0, to: 300_000, default: 0 },
    'Caches meetings and users for this time, in milliseconds, separately for each credential, or for each token when calling on behalf of callers. `0` turns the cache off. Changes in Graph and revoked access take effect when the time is over.',
  ),
  WORKERS: defaulted({
    schema: allCores.or(workers.schema),
    default: 1,
    expected: `${workers.expected}, or auto`,
    does: 'Sets the number of processes that share the port and the work; `auto` starts one for each core. More than one requires `REDIS_URL`. The processes divide `GRAPH_CONCURRENCY`, `CONTENT_STREAMS` and `LISTENERS` among themselves.',
  }),
  CONTENT_STREAMS: wholeNumber(
    { from: 1, to: 100_000, default: 200 },
    'Limits the recordings that the gateway streams at once. Further requests are refused with 429.',
  ),
  CONTENT_STREAMS_PER_CALLER: wholeNumber(
    { from: 1, to: 100_000, default: 10 },
    'Limits the recordings that the gateway streams to one caller at once, if callers are authenticated.',
  ),
  LISTENERS: wholeNumber(
    { from: 1, to: 1_000_000, default: 10_000 },
    'Limits the open connections of subscribers: event streams and WebSockets together. Each subscription over callbacks counts as one, and so does each subscription after the first over a WebSocket.',
  ),
  LISTENERS_PER_CALLER: wholeNumber(
    { from: 1, to: 1_000_000, default: 1_000 },
    'Limits the open connections of subscribers for one caller, if callers are authenticated. A router that subscribes for many clients counts as one caller.',
  ),
};
