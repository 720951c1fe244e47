/** The variables of the environment that bound what operations take of Graph and of the process, as `variables.ts` has them, in words. */
export const operationVariables = {
  GRAPH_CONCURRENCY: {
    expected: 'a whole number from 1 to 1000',
    unset: '`8`',
    does: 'How many HTTP requests to Graph may be in flight at most; fewer while it fails, throttles or is slow. While so many are, what is asked waits and fills the next batches.',
  },
  OPERATION_TIMEOUT_MS: {
    expected: 'a whole number from 100 to 600000',
    unset: '`9500`',
    does: 'How long one operation may take, in milliseconds. What Graph has not answered by then fails with `UPSTREAM_TIMEOUT`.',
  },
  OPERATION_GRAPH_REQUESTS: {
    expected: 'a whole number from 1 to 1000000',
    unset: '`1000`',
    does: 'How many requests to Graph one operation may cause, a part of a batch counting as one. Further loads fail with `BUDGET_EXCEEDED`.',
  },
  OPERATION_HTTP_REQUESTS: {
    expected: 'a whole number from 1 to 1000000',
    unset: '`60`',
    does: 'How many HTTP requests to Graph one operation may cause, a batch counting as one, and by its share where operations share it. Each try counts. What waits for more fails with `BUDGET_EXCEEDED`.',
  },
  OVERLOAD_DELAY_MS: {
    expected: 'a whole number from 10 to 60000',
    unset: '`500`',
    does: 'How late the event loop may be all the time, in milliseconds; an operation takes ten turns of it or so. While it is later, fewer requests may be open at once, and the others are refused with 503 and `OVERLOADED`.',
  },
} as const;
