/** The column of a batch that fails as a whole. */
import { BACKOFF, EXCHANGE } from './column.ts';
import type { Column } from './column.ts';
import { startQuestion } from './over-graph.ts';
import { BATCH, THREE_MEETINGS } from './part.ts';
import { ALL } from './words.ts';

const NO_PAGE = { because: 'a batch has no pages' };
const OF_PARTS = { because: 'this fault concerns the parts' };

export const batch: Column = {
  name: 'a whole batch',
  about:
    'The client queries the same three meetings, and `POST /$batch` itself fails. A status of the batch says nothing about the meetings.',
  start: () => startQuestion({ ...THREE_MEETINGS, target: () => BATCH }),
  cells: {
    '429 once, Retry-After: 2': [ALL, '2 × batch of 3', [2_000]],
    '429 once, Retry-After: 0.5': [ALL, '2 × batch of 3', [500]],
    '429 once, Retry-After: a date in 2 s': [ALL, '2 × batch of 3', [2_000]],
    '429 once, Retry-After: 86400': ['THROTTLED (retryAfter 86400) at a, b, c', 'batch of 3', []],
    '429 once, Retry-After: soon': [ALL, '2 × batch of 3', [250]],
    '429 once, no Retry-After': [ALL, '2 × batch of 3', [250]],
    '429 every time, Retry-After: 2': ['THROTTLED (retryAfter 2) at a, b, c', '4 × batch of 3', [2_000, 2_000, 2_000]],
    '429 every time, no Retry-After': ['THROTTLED at a, b, c', '4 × batch of 3', BACKOFF],
    '500 every time': ['UPSTREAM_UNAVAILABLE at a, b, c', 'batch of 3', []],
    '502 every time': ['UPSTREAM_UNAVAILABLE at a, b, c', 'batch of 3', []],
    '503 once': [ALL, '2 × batch of 3', [250]],
    '503 once, Retry-After: 2': [ALL, '2 × batch of 3', [2_000]],
    '503 every time': ['UPSTREAM_UNAVAILABLE at a, b, c', '4 × batch of 3', BACKOFF],
    '504 every time': ['UPSTREAM_UNAVAILABLE at a, b, c', '4 × batch of 3', BACKOFF],
    'connection refused': ['UPSTREAM_UNAVAILABLE at a, b, c', 'no request', BACKOFF],
    'connection reset before the response, once': [ALL, '2 × batch of 3', [250]],
    'connection reset before the response, every time': ['UPSTREAM_UNAVAILABLE at a, b, c', '4 × batch of 3', BACKOFF],
    'connection lost during the response, once': [ALL, '2 × batch of 3', [250]],
    'connection lost during the response, every time': ['UPSTREAM_UNAVAILABLE at a, b, c', '4 × batch of 3', BACKOFF],
    'no response headers arrive': ['UPSTREAM_TIMEOUT at a, b, c', 'batch of 3', [EXCHANGE]],
    'the response body trickles in': ['UPSTREAM_TIMEOUT at a, b, c', 'batch of 3', [EXCHANGE]],
    'truncated JSON': ['UPSTREAM_ERROR at a, b, c', 'batch of 3', []],
    '200 with an HTML page': ['UPSTREAM_ERROR at a, b, c', 'batch of 3', []],
    'the correct JSON as text/plain': [ALL, 'batch of 3', []],
    '200 without a body': ['UPSTREAM_ERROR at a, b, c', 'batch of 3', []],
    'JSON of the wrong shape': ['UPSTREAM_ERROR at a, b, c', 'batch of 3', []],
    'a body of 100 MiB': ['UPSTREAM_ERROR at a, b, c', 'batch of 3', []],
    'a batch with a missing response': OF_PARTS,
    'a batch with a duplicate response': OF_PARTS,
    'a batch with an unrequested response': OF_PARTS,
    'a batch with a response without a status': OF_PARTS,
    'a batch with responses in another order': OF_PARTS,
    '401 once': [ALL, '2 × batch of 3', []],
    '401 every time': ['UPSTREAM_ERROR at a, b, c', '2 × batch of 3', []],
    '401 with a claims challenge': ['UPSTREAM_ERROR at a, b, c', '2 × batch of 3', []],
    '403, as for a missing application access policy': ['UPSTREAM_ERROR at a, b, c', 'batch of 3', []],
    '404 once': ['UPSTREAM_ERROR at a, b, c', 'batch of 3', []],
    '410 once': ['UPSTREAM_ERROR at a, b, c', 'batch of 3', []],
    'a nextLink to the same page': NO_PAGE,
    'a nextLink to another host': NO_PAGE,
    'a nextLink that leaves the API path by ..': NO_PAGE,
    'a nextLink that leaves the API path by %2e%2e': NO_PAGE,
    'an empty page with a nextLink': NO_PAGE,
  },
};
