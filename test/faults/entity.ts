/** The column of an entity that a router requests. */
import { BACKOFF, EXCHANGE } from './column.ts';
import type { Column } from './column.ts';
import { startQuestion } from './over-graph.ts';
import type { Question } from './over-graph.ts';
import { BATCH } from './part.ts';
import { meetingOf } from './tenant.ts';
import { ALL } from './words.ts';

const QUESTION: Question = {
  tenant: { users: 1, meetings: 3, recordings: 0 },
  document: `query ($representations: [_Any!]!) {
    _entities(representations: $representations) { ... on OnlineMeeting { subject } }
  }`,
  variables: async ({ emulator: { tenant } }) => ({
    representations: tenant.meetings.map(({ id, organizerId }) => ({ __typename: 'OnlineMeeting', organizerId, id })),
  }),
  target: (tenant) => ({ path: meetingOf(tenant, 1) }),
  carrier: BATCH,
};

const NO_PAGE = { because: 'an entity has no pages' };

export const entity: Column = {
  name: 'an entity',
  about:
    'A router queries three meetings by `_entities`, for which the gateway sends one batch. A fault that can affect a single part affects the second; any other fault affects the whole batch.',
  start: () => startQuestion(QUESTION),
  cells: {
    '429 once, Retry-After: 2': [ALL, 'batch of 3, GET', [2_000]],
    '429 once, Retry-After: 0.5': [ALL, 'batch of 3, GET', [500]],
    '429 once, Retry-After: a date in 2 s': [ALL, 'batch of 3, GET', [2_000]],
    '429 once, Retry-After: 86400': ['THROTTLED (retryAfter 86400) at _entities.1', 'batch of 3', []],
    '429 once, Retry-After: soon': [ALL, 'batch of 3, GET', [250]],
    '429 once, no Retry-After': [ALL, 'batch of 3, GET', [250]],
    '429 every time, Retry-After: 2': [
      'THROTTLED (retryAfter 2) at _entities.1',
      'batch of 3, 3 × GET',
      [2_000, 2_000, 2_000],
    ],
    '429 every time, no Retry-After': ['THROTTLED at _entities.1', 'batch of 3, 3 × GET', BACKOFF],
    '500 every time': ['UPSTREAM_UNAVAILABLE at _entities.1', 'batch of 3', []],
    '502 every time': ['UPSTREAM_UNAVAILABLE at _entities.1', 'batch of 3', []],
    '503 once': [ALL, 'batch of 3, GET', [250]],
    '503 once, Retry-After: 2': [ALL, 'batch of 3, GET', [2_000]],
    '503 every time': ['UPSTREAM_UNAVAILABLE at _entities.1', 'batch of 3, 3 × GET', BACKOFF],
    '504 every time': ['UPSTREAM_UNAVAILABLE at _entities.1', 'batch of 3, 3 × GET', BACKOFF],
    'connection refused': ['UPSTREAM_UNAVAILABLE at _entities.0, _entities.1, _entities.2', 'no request', BACKOFF],
    'connection reset before the response, once': [ALL, '2 × batch of 3', [250]],
    'connection reset before the response, every time': [
      'UPSTREAM_UNAVAILABLE at _entities.0, _entities.1, _entities.2',
      '4 × batch of 3',
      BACKOFF,
    ],
    'connection lost during the response, once': [ALL, '2 × batch of 3', [250]],
    'connection lost during the response, every time': [
      'UPSTREAM_UNAVAILABLE at _entities.0, _entities.1, _entities.2',
      '4 × batch of 3',
      BACKOFF,
    ],
    'no response headers arrive': [
      'UPSTREAM_TIMEOUT at _entities.0, _entities.1, _entities.2',
      'batch of 3',
      [EXCHANGE],
    ],
    'the response body trickles in': [
      'UPSTREAM_TIMEOUT at _entities.0, _entities.1, _entities.2',
      'batch of 3',
      [EXCHANGE],
    ],
    'truncated JSON': ['UPSTREAM_ERROR at _entities.0, _entities.1, _entities.2', 'batch of 3', []],
    '200 with an HTML page': ['UPSTREAM_ERROR at _entities.1', 'batch of 3', []],
    'the correct JSON as text/plain': [ALL, 'batch of 3', []],
    '200 without a body': ['UPSTREAM_ERROR at _entities.1', 'batch of 3', []],
    'JSON of the wrong shape': ['UPSTREAM_ERROR at _entities.1', 'batch of 3', []],
    'a body of 100 MiB': ['UPSTREAM_ERROR at _entities.0, _entities.1, _entities.2', 'batch of 3', []],
    'a batch with a missing response': ['UPSTREAM_ERROR at _entities.2', 'batch of 3', []],
    'a batch with a duplicate response': ['UPSTREAM_ERROR at _entities.2', 'batch of 3', []],
    'a batch with an unrequested response': [ALL, 'batch of 3', []],
    'a batch with a response without a status': ['UPSTREAM_ERROR at _entities.2', 'batch of 3', []],
    'a batch with responses in another order': [ALL, 'batch of 3', []],
    '401 once': [ALL, 'batch of 3, GET', []],
    '401 every time': ['UPSTREAM_ERROR at _entities.1', 'batch of 3, GET', []],
    '401 with a claims challenge': ['UPSTREAM_ERROR at _entities.1', 'batch of 3, GET', []],
    '403, as for a missing application access policy': ['FORBIDDEN at _entities.1', 'batch of 3', []],
    '404 once': ['null at _entities.1', 'batch of 3', []],
    '410 once': ['UPSTREAM_ERROR at _entities.1', 'batch of 3', []],
    'a nextLink to the same page': NO_PAGE,
    'a nextLink to another host': NO_PAGE,
    'a nextLink that leaves the API path by ..': NO_PAGE,
    'a nextLink that leaves the API path by %2e%2e': NO_PAGE,
    'an empty page with a nextLink': NO_PAGE,
  },
};
