/** The column of a page in the middle of a list. */
import { encodeToken } from '../../src/emulator/endpoints/page.ts';
import { BACKOFF, EXCHANGE } from './column.ts';
import type { Column } from './column.ts';
import { startQuestion } from './over-graph.ts';
import type { Question } from './over-graph.ts';
import { organizerOf } from './tenant.ts';
import { ALL } from './words.ts';

const QUESTION: Question = {
  tenant: { users: 1, meetings: 1, recordings: 5 },
  settings: { pageSize: 1 },
  document: 'query ($organizer: ID!) { callRecordings(meetingOrganizerId: $organizer, first: 100) { nodes { id } } }',
  variables: async ({ emulator: { tenant } }) => ({ organizer: organizerOf(tenant) }),
  target: () => ({ query: encodeToken([2, null]) }),
  isLater: true,
};

const ALONE = { because: 'a page is not requested in a batch' };

export const page: Column = {
  name: 'page 3 of 5',
  about: 'The client queries a list that Graph returns in five pages, with one GET for each. The third request fails.',
  start: () => startQuestion(QUESTION),
  cells: {
    '429 once, Retry-After: 2': [ALL, '6 × GET', [2_000]],
    '429 once, Retry-After: 0.5': [ALL, '6 × GET', [500]],
    '429 once, Retry-After: a date in 2 s': [ALL, '6 × GET', [2_000]],
    '429 once, Retry-After: 86400': ['THROTTLED (retryAfter 86400) at callRecordings; no data', '3 × GET', []],
    '429 once, Retry-After: soon': [ALL, '6 × GET', [250]],
    '429 once, no Retry-After': [ALL, '6 × GET', [250]],
    '429 every time, Retry-After: 2': [
      'THROTTLED (retryAfter 2) at callRecordings; no data',
      '6 × GET',
      [2_000, 2_000, 2_000],
    ],
    '429 every time, no Retry-After': ['THROTTLED at callRecordings; no data', '6 × GET', BACKOFF],
    '500 every time': ['UPSTREAM_UNAVAILABLE at callRecordings; no data', '3 × GET', []],
    '502 every time': ['UPSTREAM_UNAVAILABLE at callRecordings; no data', '3 × GET', []],
    '503 once': [ALL, '6 × GET', [250]],
    '503 once, Retry-After: 2': [ALL, '6 × GET', [2_000]],
    '503 every time': ['UPSTREAM_UNAVAILABLE at callRecordings; no data', '6 × GET', BACKOFF],
    '504 every time': ['UPSTREAM_UNAVAILABLE at callRecordings; no data', '6 × GET', BACKOFF],
    'connection refused': ['UPSTREAM_UNAVAILABLE at callRecordings; no data', '3 × GET', BACKOFF],
    'connection reset before the response, once': [ALL, '6 × GET', [250]],
    'connection reset before the response, every time': [
      'UPSTREAM_UNAVAILABLE at callRecordings; no data',
      '6 × GET',
      BACKOFF,
    ],
    'connection lost during the response, once': [ALL, '6 × GET', [250]],
    'connection lost during the response, every time': [
      'UPSTREAM_UNAVAILABLE at callRecordings; no data',
      '6 × GET',
      BACKOFF,
    ],
    'no response headers arrive': ['UPSTREAM_TIMEOUT at callRecordings; no data', '3 × GET', [EXCHANGE]],
    'the response body trickles in': ['UPSTREAM_TIMEOUT at callRecordings; no data', '3 × GET', [EXCHANGE]],
    'truncated JSON': ['UPSTREAM_ERROR at callRecordings; no data', '3 × GET', []],
    '200 with an HTML page': ['UPSTREAM_ERROR at callRecordings; no data', '3 × GET', []],
    'the correct JSON as text/plain': [ALL, '5 × GET', []],
    '200 without a body': ['UPSTREAM_ERROR at callRecordings; no data', '3 × GET', []],
    'JSON of the wrong shape': ['UPSTREAM_ERROR at callRecordings; no data', '3 × GET', []],
    'a body of 100 MiB': ['UPSTREAM_ERROR at callRecordings; no data', '3 × GET', []],
    'a batch with a missing response': ALONE,
    'a batch with a duplicate response': ALONE,
    'a batch with an unrequested response': ALONE,
    'a batch with a response without a status': ALONE,
    'a batch with responses in another order': ALONE,
    '401 once': [ALL, '6 × GET', []],
    '401 every time': ['UPSTREAM_ERROR at callRecordings; no data', '4 × GET', []],
    '401 with a claims challenge': ['UPSTREAM_ERROR at callRecordings; no data', '4 × GET', []],
    '403, as for a missing application access policy': ['FORBIDDEN at callRecordings; no data', '3 × GET', []],
    '404 once': ['NOT_FOUND at callRecordings; no data', '3 × GET', []],
    '410 once': ['UPSTREAM_ERROR at callRecordings; no data', '3 × GET', []],
    'a nextLink to the same page': ['UPSTREAM_ERROR at callRecordings; no data', '3 × GET', []],
    'a nextLink to another host': ['UPSTREAM_ERROR at callRecordings; no data', '3 × GET', []],
    'a nextLink that leaves the API path by ..': ['UPSTREAM_ERROR at callRecordings; no data', '3 × GET', []],
    'a nextLink that leaves the API path by %2e%2e': ['UPSTREAM_ERROR at callRecordings; no data', '3 × GET', []],
    'an empty page with a nextLink': [ALL, '6 × GET', []],
  },
};
