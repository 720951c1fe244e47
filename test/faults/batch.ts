/** The column of a batch that fails as a whole. */
import { BACKOFF, EXCHANGE } from './column.ts';
import type { Column } from './column.ts';
import { startQuestion } from './over-graph.ts';
import { BATCH, THREE_MEETINGS } from './part.ts';
import { ALL } from './words.ts';

const NO_PAGE = { because: 'a batch has no pages' };
const OF_PARTS = { because: 'it is one about the parts' };

export const batch: Column = {
  name: 'a batch as a whole',
  about:
    'The same three meetings are asked for, and `POST /$batch` itself is struck. What a status says of the batch it does not say of the meetings.',
  start: () => startQuestion({ ...THREE_MEETINGS, target: () => BATCH }),
  cells: {
    '429 once, Retry-After: 2': [ALL, '2 × batch of 3', [2_000]],
    '429 once, Retry-After: 0.5': [ALL, '2 × batch of 3', [500]],
    '429 once, Retry-After: a date in 2 s': [ALL, '2 × batch of 3', [2_000]],
    '429 once, Retry-After: 86400': ['THROTTLED (retryAfter 86400) at a, b, c', 'batch of 3', []],
    '429 once, Retry-After: soon': [ALL, '2 × batch of 3', [250]],
    '429 once, no Retry-After': [ALL, '2 × batch of 3', [250]],
    '429 for good, Retry-After: 2': ['THROTTLED (retryAfter 2) at a, b, c', '4 × batch of 3', [2_000, 2_000, 2_000]],
    '429 for good, no Retry-After': ['THROTTLED at a, b, c', '4 × batch of 3', BACKOFF],
    '500 for good': ['UPSTREAM_UNAVAILABLE at a, b, c', 'batch of 3', []],
    '502 for good': ['UPSTREAM_UNAVAILABLE at a, b, c', 'batch of 3', []],
    '503 once': [ALL, '2 × batch of 3', [250]],
    '503 once, Retry-After: 2': [ALL, '2 × batch of 3', [2_000]],
    '503 for good': ['UPSTREAM_UNAVAILABLE at a, b, c', '4 × batch of 3', BACKOFF],
    '504 for good': ['UPSTREAM_UNAVAILABLE at a, b, c', '4 × batch of 3', BACKOFF],
    'connection refused': ['UPSTREAM_UNAVAILABLE at a, b, c', 'nothing', BACKOFF],
    'connection reset before the answer, once': [ALL, '2 × batch of 3', [250]],
    'connection reset before the answer, for good': ['UPSTREAM_UNAVAILABLE at a, b, c', '4 × batch of 3', BACKOFF],
    'connection lost in the middle, once': [ALL, '2 × batch of 3', [250]],
    'connection lost in the middle, for good': ['UPSTREAM_UNAVAILABLE at a, b, c', '4 × batch of 3', BACKOFF],
    'no header comes': ['UPSTREAM_TIMEOUT at a, b, c', 'batch of 3', [EXCHANGE]],
    'the body trickles': ['UPSTREAM_TIMEOUT at a, b, c', 'batch of 3', [EXCHANGE]],
    'half of the JSON': ['UPSTREAM_ERROR at a, b, c', 'batch of 3', []],
    'a page of HTML with 200': ['UPSTREAM_ERROR at a, b, c', 'batch of 3', []],
    'the right JSON as text/plain': [ALL, 'batch of 3', []],
    '200 without a body': ['UPSTREAM_ERROR at a, b, c', 'batch of 3', []],
    'JSON of another shape': ['UPSTREAM_ERROR at a, b, c', 'batch of 3', []],
    'a body of 100 MiB': ['UPSTREAM_ERROR at a, b, c', 'batch of 3', []],
    'an answer of the batch is missing': OF_PARTS,
    'an answer of the batch comes twice': OF_PARTS,
    'an answer in the batch that nobody asked for': OF_PARTS,
    'an answer of the batch without a status': OF_PARTS,
    'the answers of the batch in another order': OF_PARTS,
    '401 once': [ALL, '2 × batch of 3', []],
    '401 for good': ['UPSTREAM_ERROR at a, b, c', '2 × batch of 3', []],
    '401 with a claims challenge': ['UNAUTHENTICATED (claims) at a, b, c', '2 × batch of 3', []],
    '403, as without an application access policy': ['UPSTREAM_ERROR at a, b, c', 'batch of 3', []],
    '404 once': ['UPSTREAM_ERROR at a, b, c', 'batch of 3', []],
    '410 once': ['UPSTREAM_ERROR at a, b, c', 'batch of 3', []],
    'a nextLink to the same page': NO_PAGE,
    'a nextLink to another host': NO_PAGE,
    'a nextLink that climbs by ..': NO_PAGE,
    'a nextLink that climbs by %2e%2e': NO_PAGE,
    'an empty page with a nextLink': NO_PAGE,
  },
};
