/** The column of a single request. */
import { BACKOFF, EXCHANGE } from './column.ts';
import type { Column } from './column.ts';
import { startQuestion } from './over-graph.ts';
import type { Question } from './over-graph.ts';
import { meetingOf, organizerOf } from './tenant.ts';
import { ALL } from './words.ts';

/** One meeting. */
export const ONE_MEETING: Question = {
  tenant: { users: 1, meetings: 1, recordings: 0 },
  document: 'query ($organizer: ID!, $id: ID!) { onlineMeeting(organizerId: $organizer, id: $id) { subject } }',
  variables: async ({ emulator: { tenant } }) => ({ organizer: organizerOf(tenant), id: meetingOf(tenant, 0) }),
  target: () => ({ path: '/onlineMeetings/' }),
};

const ALONE = { because: 'the request is not in a batch' };
const NO_PAGE = { because: 'the response has no pages' };

export const single: Column = {
  name: 'a single request',
  about: 'The client queries one `onlineMeeting`, for which the gateway sends one GET to Graph.',
  start: () => startQuestion(ONE_MEETING),
  cells: {
    '429 once, Retry-After: 2': [ALL, '2 × GET', [2_000]],
    '429 once, Retry-After: 0.5': [ALL, '2 × GET', [500]],
    '429 once, Retry-After: a date in 2 s': [ALL, '2 × GET', [2_000]],
    '429 once, Retry-After: 86400': ['THROTTLED (retryAfter 86400) at onlineMeeting', 'GET', []],
    '429 once, Retry-After: soon': [ALL, '2 × GET', [250]],
    '429 once, no Retry-After': [ALL, '2 × GET', [250]],
    '429 every time, Retry-After: 2': ['THROTTLED (retryAfter 2) at onlineMeeting', '4 × GET', [2_000, 2_000, 2_000]],
    '429 every time, no Retry-After': ['THROTTLED at onlineMeeting', '4 × GET', BACKOFF],
    '500 every time': ['UPSTREAM_UNAVAILABLE at onlineMeeting', 'GET', []],
    '502 every time': ['UPSTREAM_UNAVAILABLE at onlineMeeting', 'GET', []],
    '503 once': [ALL, '2 × GET', [250]],
    '503 once, Retry-After: 2': [ALL, '2 × GET', [2_000]],
    '503 every time': ['UPSTREAM_UNAVAILABLE at onlineMeeting', '4 × GET', BACKOFF],
    '504 every time': ['UPSTREAM_UNAVAILABLE at onlineMeeting', '4 × GET', BACKOFF],
    'connection refused': ['UPSTREAM_UNAVAILABLE at onlineMeeting', 'no request', BACKOFF],
    'connection reset before the response, once': [ALL, '2 × GET', [250]],
    'connection reset before the response, every time': ['UPSTREAM_UNAVAILABLE at onlineMeeting', '4 × GET', BACKOFF],
    'connection lost during the response, once': [ALL, '2 × GET', [250]],
    'connection lost during the response, every time': ['UPSTREAM_UNAVAILABLE at onlineMeeting', '4 × GET', BACKOFF],
    'no response headers arrive': ['UPSTREAM_TIMEOUT at onlineMeeting', 'GET', [EXCHANGE]],
    'the response body trickles in': ['UPSTREAM_TIMEOUT at onlineMeeting', 'GET', [EXCHANGE]],
    'truncated JSON': ['UPSTREAM_ERROR at onlineMeeting', 'GET', []],
    '200 with an HTML page': ['UPSTREAM_ERROR at onlineMeeting', 'GET', []],
    'the correct JSON as text/plain': [ALL, 'GET', []],
    '200 without a body': ['UPSTREAM_ERROR at onlineMeeting', 'GET', []],
    'JSON of the wrong shape': ['UPSTREAM_ERROR at onlineMeeting', 'GET', []],
    'a body of 100 MiB': ['UPSTREAM_ERROR at onlineMeeting', 'GET', []],
    'a batch with a missing response': ALONE,
    'a batch with a duplicate response': ALONE,
    'a batch with an unrequested response': ALONE,
    'a batch with a response without a status': ALONE,
    'a batch with responses in another order': ALONE,
    '401 once': [ALL, '2 × GET', []],
    '401 every time': ['UPSTREAM_ERROR at onlineMeeting', '2 × GET', []],
    '401 with a claims challenge': ['UPSTREAM_ERROR at onlineMeeting', '2 × GET', []],
    '403, as for a missing application access policy': ['FORBIDDEN at onlineMeeting', 'GET', []],
    '404 once': ['null at onlineMeeting', 'GET', []],
    '410 once': ['UPSTREAM_ERROR at onlineMeeting', 'GET', []],
    'a nextLink to the same page': NO_PAGE,
    'a nextLink to another host': NO_PAGE,
    'a nextLink that leaves the API path by ..': NO_PAGE,
    'a nextLink that leaves the API path by %2e%2e': NO_PAGE,
    'an empty page with a nextLink': NO_PAGE,
  },
};
