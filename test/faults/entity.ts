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
    'A router asks for three meetings by `_entities`, which is one batch. What can strike a part by itself strikes the second; what cannot strikes the batch.',
  start: () => startQuestion(QUESTION),
  cells: {
    '429 once, Retry-After: 2': [ALL, 'batch of 3, GET', [2_000]],
    '429 once, Retry-After: 0.5': [ALL, 'batch of 3, GET', [500]],
    '429 once, Retry-After: a date in 2 s': [ALL, 'batch of 3, GET', [2_000]],
    '429 once, Retry-After: 86400': ['THROTTLED (retryAfter 86400) at _entities.1', 'batch of 3', []],
    '429 once, Retry-After: soon': [ALL, 'batch of 3, GET', [250]],
    '429 once, no Retry-After': [ALL, 'batch of 3, GET', [250]],
    '429 for good, Retry-After: 2': [
      'THROTTLED (retryAfter 2) at _entities.1',
      'batch of 3, 3 × GET',
      [2_000, 2_000, 2_000],
    ],
    '429 for good, no Retry-After': ['THROTTLED at _entities.1', 'batch of 3, 3 × GET', BACKOFF],
    '500 for good': ['UPSTREAM_UNAVAILABLE at _entities.1', 'batch of 3', []],
    '502 for good': ['UPSTREAM_UNAVAILABLE at _entities.1', 'batch of 3', []],
    '503 once': [ALL, 'batch of 3, GET', [250]],
    '503 once, Retry-After: 2': [ALL, 'batch of 3, GET', [2_000]],
    '503 for good': ['UPSTREAM_UNAVAILABLE at _entities.1', 'batch of 3, 3 × GET', BACKOFF],
    '504 for good': ['UPSTREAM_UNAVAILABLE at _entities.1', 'batch of 3, 3 × GET', BACKOFF],
    'connection refused': ['UPSTREAM_UNAVAILABLE at _entities.0, _entities.1, _entities.2', 'nothing', BACKOFF],
    'connection reset before the answer, once': [ALL, '2 × batch of 3', [250]],
    'connection reset before the answer, for good': [
      'UPSTREAM_UNAVAILABLE at _entities.0, _entities.1, _entities.2',
      '4 × batch of 3',
      BACKOFF,
    ],
    'connection lost in the middle, once': [ALL, '2 × batch of 3', [250]],
    'connection lost in the middle, for good': [
      'UPSTREAM_UNAVAILABLE at _entities.0, _entities.1, _entities.2',
      '4 × batch of 3',
      BACKOFF,
    ],
    'no header comes': ['UPSTREAM_TIMEOUT at _entities.0, _entities.1, _entities.2', 'batch of 3', [EXCHANGE]],
    'the body trickles': ['UPSTREAM_TIMEOUT at _entities.0, _entities.1, _entities.2', 'batch of 3', [EXCHANGE]],
    'half of the JSON': ['UPSTREAM_ERROR at _entities.0, _entities.1, _entities.2', 'batch of 3', []],
    'a page of HTML with 200': ['UPSTREAM_ERROR at _entities.1', 'batch of 3', []],
    'the right JSON as text/plain': [ALL, 'batch of 3', []],
    '200 without a body': ['UPSTREAM_ERROR at _entities.1', 'batch of 3', []],
    'JSON of another shape': ['UPSTREAM_ERROR at _entities.1', 'batch of 3', []],
    'a body of 100 MiB': ['UPSTREAM_ERROR at _entities.0, _entities.1, _entities.2', 'batch of 3', []],
    'an answer of the batch is missing': ['UPSTREAM_ERROR at _entities.2', 'batch of 3', []],
    'an answer of the batch comes twice': ['UPSTREAM_ERROR at _entities.2', 'batch of 3', []],
    'an answer in the batch that nobody asked for': [ALL, 'batch of 3', []],
    'an answer of the batch without a status': ['UPSTREAM_ERROR at _entities.2', 'batch of 3', []],
    'the answers of the batch in another order': [ALL, 'batch of 3', []],
    '401 once': [ALL, 'batch of 3, GET', []],
    '401 for good': ['UPSTREAM_ERROR at _entities.1', 'batch of 3, GET', []],
    '401 with a claims challenge': ['UNAUTHENTICATED (claims) at _entities.1', 'batch of 3, GET', []],
    '403, as without an application access policy': ['FORBIDDEN at _entities.1', 'batch of 3', []],
    '404 once': ['null at _entities.1', 'batch of 3', []],
    '410 once': ['UPSTREAM_ERROR at _entities.1', 'batch of 3', []],
    'a nextLink to the same page': NO_PAGE,
    'a nextLink to another host': NO_PAGE,
    'a nextLink that climbs by ..': NO_PAGE,
    'a nextLink that climbs by %2e%2e': NO_PAGE,
    'an empty page with a nextLink': NO_PAGE,
  },
};
