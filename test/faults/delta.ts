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

const ALONE = { because: 'a round is not requested in a batch' };

export const delta: Column = {
  name: 'a delta round',
  about:
    'The client queries `callRecordingDelta` with a token for the recordings added since, for which the gateway runs a round of one page. The next round returns what a failed round did not return.',
  start: () => startQuestion(QUESTION),
  cells: {
    '429 once, Retry-After: 2': [ALL, '2 × GET', [2_000]],
    '429 once, Retry-After: 0.5': [ALL, '2 × GET', [500]],
    '429 once, Retry-After: a date in 2 s': [ALL, '2 × GET', [2_000]],
    '429 once, Retry-After: 86400': ['THROTTLED (retryAfter 86400) at callRecordingDelta; no data', 'GET', []],
    '429 once, Retry-After: soon': [ALL, '2 × GET', [250]],
    '429 once, no Retry-After': [ALL, '2 × GET', [250]],
    '429 every time, Retry-After: 2': [
      'THROTTLED (retryAfter 2) at callRecordingDelta; no data',
      '4 × GET',
      [2_000, 2_000, 2_000],
    ],
    '429 every time, no Retry-After': ['THROTTLED at callRecordingDelta; no data', '4 × GET', BACKOFF],
    '500 every time': ['UPSTREAM_UNAVAILABLE at callRecordingDelta; no data', 'GET', []],
    '502 every time': ['UPSTREAM_UNAVAILABLE at callRecordingDelta; no data', 'GET', []],
    '503 once': [ALL, '2 × GET', [250]],
    '503 once, Retry-After: 2': [ALL, '2 × GET', [2_000]],
    '503 every time': ['UPSTREAM_UNAVAILABLE at callRecordingDelta; no data', '4 × GET', BACKOFF],
    '504 every time': ['UPSTREAM_UNAVAILABLE at callRecordingDelta; no data', '4 × GET', BACKOFF],
    'connection refused': ['UPSTREAM_UNAVAILABLE at callRecordingDelta; no data', 'GET', BACKOFF],
    'connection reset before the response, once': [ALL, '2 × GET', [250]],
    'connection reset before the response, every time': [
      'UPSTREAM_UNAVAILABLE at callRecordingDelta; no data',
      '4 × GET',
      BACKOFF,
    ],
    'connection lost during the response, once': [ALL, '2 × GET', [250]],
    'connection lost during the response, every time': [
      'UPSTREAM_UNAVAILABLE at callRecordingDelta; no data',
      '4 × GET',
      BACKOFF,
    ],
    'no response headers arrive': ['UPSTREAM_TIMEOUT at callRecordingDelta; no data', 'GET', [EXCHANGE]],
    'the response body trickles in': ['UPSTREAM_TIMEOUT at callRecordingDelta; no data', 'GET', [EXCHANGE]],
    'truncated JSON': ['UPSTREAM_ERROR at callRecordingDelta; no data', 'GET', []],
    '200 with an HTML page': ['UPSTREAM_ERROR at callRecordingDelta; no data', 'GET', []],
    'the correct JSON as text/plain': [ALL, 'GET', []],
    '200 without a body': ['UPSTREAM_ERROR at callRecordingDelta; no data', 'GET', []],
    'JSON of the wrong shape': ['UPSTREAM_ERROR at callRecordingDelta; no data', 'GET', []],
    'a body of 100 MiB': ['UPSTREAM_ERROR at callRecordingDelta; no data', 'GET', []],
    'a batch with a missing response': ALONE,
    'a batch with a duplicate response': ALONE,
    'a batch with an unrequested response': ALONE,
    'a batch with a response without a status': ALONE,
    'a batch with responses in another order': ALONE,
    '401 once': [ALL, '2 × GET', []],
    '401 every time': ['UPSTREAM_ERROR at callRecordingDelta; no data', '2 × GET', []],
    '401 with a claims challenge': ['UPSTREAM_ERROR at callRecordingDelta; no data', '2 × GET', []],
    '403, as for a missing application access policy': ['FORBIDDEN at callRecordingDelta; no data', 'GET', []],
    '404 once': ['NOT_FOUND at callRecordingDelta; no data', 'GET', []],
    '410 once': [ALL, '2 × GET', []],
    'a nextLink to the same page': ['UPSTREAM_ERROR at callRecordingDelta; no data', 'GET', []],
    'a nextLink to another host': ['UPSTREAM_ERROR at callRecordingDelta; no data', 'GET', []],
    'a nextLink that leaves the API path by ..': ['UPSTREAM_ERROR at callRecordingDelta; no data', 'GET', []],
    'a nextLink that leaves the API path by %2e%2e': ['UPSTREAM_ERROR at callRecordingDelta; no data', 'GET', []],
    'an empty page with a nextLink': [ALL, '2 × GET', []],
  },
};
