/** The column of a round of change tracking. */
import { at } from '../support/gateway.ts';
import { BACKOFF, EXCHANGE } from './column.ts';
import type { Column } from './column.ts';
import { startQuestion } from './over-graph.ts';
import type { Question } from './over-graph.ts';
import { organizerOf } from './tenant.ts';
import { ALL } from './words.ts';

function asking(fields: string): string {
  return `query ($organizer: ID!, $since: String) { callRecordingDelta(meetingOrganizerId: $organizer, since: $since) { ${fields} } }`;
}

const QUESTION: Question = {
  tenant: { users: 1, meetings: 1, recordings: 3 },
  document: asking('added { id }'),
  async variables(gateway) {
    const { emulator } = gateway;
    const organizer = organizerOf(emulator.tenant);
    const { data } = await gateway.query(asking('token'), { organizer });
    emulator.addRecording({ id: 'a-new-recording' });
    return { organizer, since: at(data, 'callRecordingDelta.token') };
  },
  target: () => ({ path: '/delta' }),
  isLater: true,
};

const ALONE = { because: 'a round is asked for by itself' };

export const delta: Column = {
  name: 'a delta round',
  about:
    '`callRecordingDelta` is asked with a token for what was added since, which is a round of one page. What a failed round has not told the next one tells.',
  start: () => startQuestion(QUESTION),
  cells: {
    '429 once, Retry-After: 2': [ALL, '2 × GET', [2_000]],
    '429 once, Retry-After: 0.5': [ALL, '2 × GET', [500]],
    '429 once, Retry-After: a date in 2 s': [ALL, '2 × GET', [2_000]],
    '429 once, Retry-After: 86400': ['THROTTLED (retryAfter 86400) at callRecordingDelta; no data', 'GET', []],
    '429 once, Retry-After: soon': [ALL, '2 × GET', [250]],
    '429 once, no Retry-After': [ALL, '2 × GET', [250]],
    '429 for good, Retry-After: 2': [
      'THROTTLED (retryAfter 2) at callRecordingDelta; no data',
      '4 × GET',
      [2_000, 2_000, 2_000],
    ],
    '429 for good, no Retry-After': ['THROTTLED at callRecordingDelta; no data', '4 × GET', BACKOFF],
    '500 for good': ['UPSTREAM_UNAVAILABLE at callRecordingDelta; no data', 'GET', []],
    '502 for good': ['UPSTREAM_UNAVAILABLE at callRecordingDelta; no data', 'GET', []],
    '503 once': [ALL, '2 × GET', [250]],
    '503 once, Retry-After: 2': [ALL, '2 × GET', [2_000]],
    '503 for good': ['UPSTREAM_UNAVAILABLE at callRecordingDelta; no data', '4 × GET', BACKOFF],
    '504 for good': ['UPSTREAM_UNAVAILABLE at callRecordingDelta; no data', '4 × GET', BACKOFF],
    'connection refused': ['UPSTREAM_UNAVAILABLE at callRecordingDelta; no data', 'GET', BACKOFF],
    'connection reset before the answer, once': [ALL, '2 × GET', [250]],
    'connection reset before the answer, for good': [
      'UPSTREAM_UNAVAILABLE at callRecordingDelta; no data',
      '4 × GET',
      BACKOFF,
    ],
    'connection lost in the middle, once': [ALL, '2 × GET', [250]],
    'connection lost in the middle, for good': [
      'UPSTREAM_UNAVAILABLE at callRecordingDelta; no data',
      '4 × GET',
      BACKOFF,
    ],
    'no header comes': ['UPSTREAM_TIMEOUT at callRecordingDelta; no data', 'GET', [EXCHANGE]],
    'the body trickles': ['UPSTREAM_TIMEOUT at callRecordingDelta; no data', 'GET', [EXCHANGE]],
    'half of the JSON': ['UPSTREAM_ERROR at callRecordingDelta; no data', 'GET', []],
    'a page of HTML with 200': ['UPSTREAM_ERROR at callRecordingDelta; no data', 'GET', []],
    'the right JSON as text/plain': [ALL, 'GET', []],
    '200 without a body': ['UPSTREAM_ERROR at callRecordingDelta; no data', 'GET', []],
    'JSON of another shape': ['UPSTREAM_ERROR at callRecordingDelta; no data', 'GET', []],
    'a body of 100 MiB': ['UPSTREAM_ERROR at callRecordingDelta; no data', 'GET', []],
    'an answer of the batch is missing': ALONE,
    'an answer of the batch comes twice': ALONE,
    'an answer in the batch that nobody asked for': ALONE,
    'an answer of the batch without a status': ALONE,
    'the answers of the batch in another order': ALONE,
    '401 once': [ALL, '2 × GET', []],
    '401 for good': ['UPSTREAM_ERROR at callRecordingDelta; no data', '2 × GET', []],
    '401 with a claims challenge': ['UNAUTHENTICATED (claims) at callRecordingDelta; no data', '2 × GET', []],
    '403, as without an application access policy': ['FORBIDDEN at callRecordingDelta; no data', 'GET', []],
    '404 once': ['NOT_FOUND at callRecordingDelta; no data', 'GET', []],
    '410 once': [ALL, '2 × GET', []],
    'a nextLink to the same page': ['UPSTREAM_ERROR at callRecordingDelta; no data', 'GET', []],
    'a nextLink to another host': ['UPSTREAM_ERROR at callRecordingDelta; no data', 'GET', []],
    'a nextLink that climbs by ..': ['UPSTREAM_ERROR at callRecordingDelta; no data', 'GET', []],
    'a nextLink that climbs by %2e%2e': ['UPSTREAM_ERROR at callRecordingDelta; no data', 'GET', []],
    'an empty page with a nextLink': [ALL, '2 × GET', []],
  },
};
