/** The column of the token for Graph. */
import { pino } from 'pino';
import type { Clock } from '../../src/clock.ts';
import { readConfig } from '../../src/config.ts';
import { graphAccess } from '../../src/graph-access.ts';
import type { GraphAccess } from '../../src/graph-access.ts';
import { createEntraIdentity } from '../support/entra-identity.ts';
import type { Column, Stage, Wait } from './column.ts';
import { askUnharmed, requestsOf, startGround } from './over-graph.ts';
import { ONE_MEETING } from './single.ts';
import { startTokenEndpoint } from './token-endpoint.ts';
import { ALL, wordsOf, wordsOfRequests } from './words.ts';

/** The longest wait for a token. */
const TOKEN: Wait = { patienceMs: 8_000 };
/** The library that requests tokens retries by itself, by the machine's clock. */
const LIBRARY: Wait = { withinMs: 8_000 };

const LIBRARY_READS = { because: 'the library reads the whole response of Entra ID while a request waits for it' };
const NO_BATCH = { because: 'tokens are not requested in batches' };
const NO_PAGE = { because: 'a token has no pages' };

/** Starts a gateway that needs a token of Entra ID to request one meeting. */
async function startToken(): Promise<Stage> {
  const [endpoint, { tenantId, clientId, clientSecret }] = await Promise.all([
    startTokenEndpoint(),
    createEntraIdentity(),
  ]);
  function access(origin: string, clock: Clock): Promise<GraphAccess> {
    const config = {
      ...readConfig({
        AZURE_TENANT_ID: tenantId,
        AZURE_CLIENT_ID: clientId,
        AZURE_CLIENT_SECRET: clientSecret,
        AZURE_AUTHORITY_HOST: endpoint.authority,
        GRAPH_BASE_URL: origin,
        DANGEROUSLY_ALLOW_UNAUTHENTICATED_CALLERS: 'true',
      }),
      graphCertificateAuthority: endpoint.certificateAuthority,
    };
    if (config.graph.kind === 'emulator') throw new Error('Expected credentials for Graph.');
    return graphAccess(config.graph, { config, log: pino({ level: 'silent' }), clock });
  }
  const expected = await askUnharmed(ONE_MEETING);
  const { clock, emulator, gateway } = await startGround(ONE_MEETING, access);
  const variables = await ONE_MEETING.variables(gateway);
  return {
    clock,
    strike: async (fault) => endpoint.fail(fault),
    ask: async () => wordsOf(expected, await gateway.query(ONE_MEETING.document, variables)),
    asked: () => wordsOfRequests([...Array.from({ length: endpoint.asked() }, () => 'token'), ...requestsOf(emulator)]),
  };
}

export const token: Column = {
  name: 'a token request',
  about:
    'The client queries one `onlineMeeting`, for which the gateway needs its first token. The token request to Entra ID fails. The library of the Azure SDK sends it, and retries it by itself. Where it retries, the delay shown is the limit of 8 seconds and not the measured time.',
  start: startToken,
  cells: {
    '429 once, Retry-After: 2': [ALL, '2 × token, GET', [LIBRARY]],
    '429 once, Retry-After: 0.5': [ALL, '2 × token, GET', [LIBRARY]],
    '429 once, Retry-After: a date in 2 s': [ALL, '2 × token, GET', [LIBRARY]],
    '429 once, Retry-After: 86400': ['UPSTREAM_UNAVAILABLE at onlineMeeting', 'token', [TOKEN]],
    '429 once, Retry-After: soon': ['UPSTREAM_UNAVAILABLE at onlineMeeting', 'token', []],
    '429 once, no Retry-After': ['UPSTREAM_UNAVAILABLE at onlineMeeting', 'token', []],
    '429 every time, Retry-After: 2': ['UPSTREAM_UNAVAILABLE at onlineMeeting', '3 × token', [LIBRARY]],
    '429 every time, no Retry-After': ['UPSTREAM_UNAVAILABLE at onlineMeeting', 'token', []],
    '500 every time': ['UPSTREAM_UNAVAILABLE at onlineMeeting', '3 × token', [LIBRARY]],
    '502 every time': ['UPSTREAM_UNAVAILABLE at onlineMeeting', '3 × token', [LIBRARY]],
    '503 once': [ALL, '2 × token, GET', [LIBRARY]],
    '503 once, Retry-After: 2': [ALL, '2 × token, GET', [LIBRARY]],
    '503 every time': ['UPSTREAM_UNAVAILABLE at onlineMeeting', '3 × token', [LIBRARY]],
    '504 every time': ['UPSTREAM_UNAVAILABLE at onlineMeeting', '3 × token', [LIBRARY]],
    'connection refused': ['UPSTREAM_UNAVAILABLE at onlineMeeting', 'no request', [LIBRARY]],
    'connection reset before the response, once': [ALL, '2 × token, GET', [LIBRARY]],
    'connection reset before the response, every time': [
      'UPSTREAM_UNAVAILABLE at onlineMeeting',
      '3 × token',
      [LIBRARY],
    ],
    'connection lost during the response, once': ['UPSTREAM_UNAVAILABLE at onlineMeeting', 'token', []],
    'connection lost during the response, every time': ['UPSTREAM_UNAVAILABLE at onlineMeeting', 'token', []],
    'no response headers arrive': ['UPSTREAM_UNAVAILABLE at onlineMeeting', 'token', [TOKEN]],
    'the response body trickles in': ['UPSTREAM_UNAVAILABLE at onlineMeeting', 'token', [TOKEN]],
    'truncated JSON': ['UPSTREAM_UNAVAILABLE at onlineMeeting', 'token', []],
    '200 with an HTML page': ['UPSTREAM_UNAVAILABLE at onlineMeeting', 'token', []],
    'the correct JSON as text/plain': [ALL, 'token, GET', []],
    '200 without a body': ['UPSTREAM_UNAVAILABLE at onlineMeeting', 'token', []],
    'JSON of the wrong shape': ['UPSTREAM_UNAVAILABLE at onlineMeeting', 'token', []],
    'a body of 100 MiB': LIBRARY_READS,
    'a batch with a missing response': NO_BATCH,
    'a batch with a duplicate response': NO_BATCH,
    'a batch with an unrequested response': NO_BATCH,
    'a batch with a response without a status': NO_BATCH,
    'a batch with responses in another order': NO_BATCH,
    '401 once': ['UPSTREAM_UNAVAILABLE at onlineMeeting', 'token', []],
    '401 every time': ['UPSTREAM_UNAVAILABLE at onlineMeeting', 'token', []],
    '401 with a claims challenge': ['UPSTREAM_UNAVAILABLE at onlineMeeting', 'token', []],
    '403, as for a missing application access policy': ['UPSTREAM_UNAVAILABLE at onlineMeeting', 'token', []],
    '404 once': ['UPSTREAM_UNAVAILABLE at onlineMeeting', 'token', []],
    '410 once': ['UPSTREAM_UNAVAILABLE at onlineMeeting', 'token', []],
    'a nextLink to the same page': NO_PAGE,
    'a nextLink to another host': NO_PAGE,
    'a nextLink that leaves the API path by ..': NO_PAGE,
    'a nextLink that leaves the API path by %2e%2e': NO_PAGE,
    'an empty page with a nextLink': NO_PAGE,
  },
};
