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

const ALONE = { because: 'it is in no batch' };
const NO_PAGE = { because: 'it has no pages' };

export const single: Column = {
  name: 'a single request',
  about: 'One `onlineMeeting` is asked for, which is one GET to Graph.',
  start: () => startQuestion(ONE_MEETING),
  cells: {
    '429 once, Retry-After: 2': [ALL, '2 × GET', [2_000]],
    '429 once, Retry-After: 0.5': [ALL, '2 × GET', [500]],
    '429 once, Retry-After: a date in 2 s': [ALL, '2 × GET', [2_000]],
    '429 once, Retry-After: 86400': ['THROTTLED (retryAfter 86400) at onlineMeeting', 'GET', []],
    '429 once, Retry-After: soon': [ALL, '2 × GET', [250]],
    '429 once, no Retry-After': [ALL, '2 × GET', [250]],
    '429 for good, Retry-After: 2': ['THROTTLED (retryAfter 2) at onlineMeeting', '4 × GET', [2_000, 2_000, 2_000]],
    '429 for good, no Retry-After': ['THROTTLED at onlineMeeting', '4 × GET', BACKOFF],
    '500 for good': ['UPSTREAM_UNAVAILABLE at onlineMeeting', 'GET', []],
    '502 for good': ['UPSTREAM_UNAVAILABLE at onlineMeeting', 'GET', []],
    '503 once': [ALL, '2 × GET', [250]],
    '503 once, Retry-After: 2': [ALL, '2 × GET', [2_000]],
    '503 for good': ['UPSTREAM_UNAVAILABLE at onlineMeeting', '4 × GET', BACKOFF],
    '504 for good': ['UPSTREAM_UNAVAILABLE at onlineMeeting', '4 × GET', BACKOFF],
    'connection refused': ['UPSTREAM_UNAVAILABLE at onlineMeeting', 'nothing', BACKOFF],
    'connection reset before the answer, once': [ALL, '2 × GET', [250]],
    'connection reset before the answer, for good': ['UPSTREAM_UNAVAILABLE at onlineMeeting', '4 × GET', BACKOFF],
    'connection lost in the middle, once': [ALL, '2 × GET', [250]],
    'connection lost in the middle, for good': ['UPSTREAM_UNAVAILABLE at onlineMeeting', '4 × GET', BACKOFF],
    'no header comes': ['UPSTREAM_TIMEOUT at onlineMeeting', 'GET', [EXCHANGE]],
    'the body trickles': ['UPSTREAM_TIMEOUT at onlineMeeting', 'GET', [EXCHANGE]],
    'half of the JSON': ['UPSTREAM_ERROR at onlineMeeting', 'GET', []],
    'a page of HTML with 200': ['UPSTREAM_ERROR at onlineMeeting', 'GET', []],
    'the right JSON as text/plain': [ALL, 'GET', []],
    '200 without a body': ['UPSTREAM_ERROR at onlineMeeting', 'GET', []],
    'JSON of another shape': ['UPSTREAM_ERROR at onlineMeeting', 'GET', []],
    'a body of 100 MiB': ['UPSTREAM_ERROR at onlineMeeting', 'GET', []],
    'an answer of the batch is missing': ALONE,
    'an answer of the batch comes twice': ALONE,
    'an answer in the batch that nobody asked for': ALONE,
    'an answer of the batch without a status': ALONE,
    'the answers of the batch in another order': ALONE,
    '401 once': [ALL, '2 × GET', []],
    '401 for good': ['UPSTREAM_ERROR at onlineMeeting', '2 × GET', []],
    '401 with a claims challenge': ['UNAUTHENTICATED (claims) at onlineMeeting', '2 × GET', []],
    '403, as without an application access policy': ['FORBIDDEN at onlineMeeting', 'GET', []],
    '404 once': ['null at onlineMeeting', 'GET', []],
    '410 once': ['UPSTREAM_ERROR at onlineMeeting', 'GET', []],
    'a nextLink to the same page': NO_PAGE,
    'a nextLink to another host': NO_PAGE,
    'a nextLink that climbs by ..': NO_PAGE,
    'a nextLink that climbs by %2e%2e': NO_PAGE,
    'an empty page with a nextLink': NO_PAGE,
  },
};
