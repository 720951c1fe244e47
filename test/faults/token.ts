/** The column of the token for Graph. */
import { pino } from 'pino';
import { readConfig } from '../../src/config.ts';
import type { Clock } from '../../src/clock.ts';
import { graphAccess } from '../../src/upstream.ts';
import type { GraphAccess } from '../../src/upstream.ts';
import { createEntraIdentity } from '../support/entra-identity.ts';
import { askUnharmed, requestsOf, startGround } from './over-graph.ts';
import type { Column, Stage, Wait } from './column.ts';
import { ONE_MEETING } from './single.ts';
import { startTokenEndpoint } from './token-endpoint.ts';
import { ALL, wordsOf, wordsOfRequests } from './words.ts';

/** The longest wait for a token. */
const TOKEN: Wait = { patienceMs: 8_000 };
/** The library that requests tokens retries by itself, by the machine's clock. */
const LIBRARY: Wait = { withinMs: 8_000 };

const LIBRARY_READS = { because: 'the library reads all that Entra ID sends, for as long as anybody waits' };
const NO_BATCH = { because: 'tokens are not asked for in batches' };
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
    if (config.graph.kind === 'emulator') throw new Error('Expected a way to Graph with credentials.');
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
    'One `onlineMeeting` is asked for, for which the gateway needs its first token. The request for it to Entra ID is struck, which the library of the Azure SDK sends, and tries again by itself. Where it does, the time is not what it took but the 8 seconds that nobody waits longer than.',
  start: startToken,
  cells: {
    '429 once, Retry-After: 2': [ALL, '2 × token, GET', [LIBRARY]],
    '429 once, Retry-After: 0.5': [ALL, '2 × token, GET', [LIBRARY]],
    '429 once, Retry-After: a date in 2 s': [ALL, '2 × token, GET', [LIBRARY]],
    '429 once, Retry-After: 86400': ['UPSTREAM_UNAVAILABLE at onlineMeeting', 'token', [TOKEN]],
    '429 once, Retry-After: soon': ['UPSTREAM_UNAVAILABLE at onlineMeeting', 'token', []],
    '429 once, no Retry-After': ['UPSTREAM_UNAVAILABLE at onlineMeeting', 'token', []],
    '429 for good, Retry-After: 2': ['UPSTREAM_UNAVAILABLE at onlineMeeting', '3 × token', [LIBRARY]],
    '429 for good, no Retry-After': ['UPSTREAM_UNAVAILABLE at onlineMeeting', 'token', []],
    '500 for good': ['UPSTREAM_UNAVAILABLE at onlineMeeting', '3 × token', [LIBRARY]],
    '502 for good': ['UPSTREAM_UNAVAILABLE at onlineMeeting', '3 × token', [LIBRARY]],
    '503 once': [ALL, '2 × token, GET', [LIBRARY]],
    '503 once, Retry-After: 2': [ALL, '2 × token, GET', [LIBRARY]],
    '503 for good': ['UPSTREAM_UNAVAILABLE at onlineMeeting', '3 × token', [LIBRARY]],
    '504 for good': ['UPSTREAM_UNAVAILABLE at onlineMeeting', '3 × token', [LIBRARY]],
    'connection refused': ['UPSTREAM_UNAVAILABLE at onlineMeeting', 'nothing', [LIBRARY]],
    'connection reset before the answer, once': [ALL, '2 × token, GET', [LIBRARY]],
    'connection reset before the answer, for good': ['UPSTREAM_UNAVAILABLE at onlineMeeting', '3 × token', [LIBRARY]],
    'connection lost in the middle, once': ['UPSTREAM_UNAVAILABLE at onlineMeeting', 'token', []],
    'connection lost in the middle, for good': ['UPSTREAM_UNAVAILABLE at onlineMeeting', 'token', []],
    'no header comes': ['UPSTREAM_UNAVAILABLE at onlineMeeting', 'token', [TOKEN]],
    'the body trickles': ['UPSTREAM_UNAVAILABLE at onlineMeeting', 'token', [TOKEN]],
    'half of the JSON': ['UPSTREAM_UNAVAILABLE at onlineMeeting', 'token', []],
    'a page of HTML with 200': ['UPSTREAM_UNAVAILABLE at onlineMeeting', 'token', []],
    'the right JSON as text/plain': [ALL, 'token, GET', []],
    '200 without a body': ['UPSTREAM_UNAVAILABLE at onlineMeeting', 'token', []],
    'JSON of another shape': ['UPSTREAM_UNAVAILABLE at onlineMeeting', 'token', []],
    'a body of 100 MiB': LIBRARY_READS,
    'an answer of the batch is missing': NO_BATCH,
    'an answer of the batch comes twice': NO_BATCH,
    'an answer in the batch that nobody asked for': NO_BATCH,
    'an answer of the batch without a status': NO_BATCH,
    'the answers of the batch in another order': NO_BATCH,
    '401 once': ['UPSTREAM_UNAVAILABLE at onlineMeeting', 'token', []],
    '401 for good': ['UPSTREAM_UNAVAILABLE at onlineMeeting', 'token', []],
    '401 with a claims challenge': ['UPSTREAM_UNAVAILABLE at onlineMeeting', 'token', []],
    '403, as without an application access policy': ['UPSTREAM_UNAVAILABLE at onlineMeeting', 'token', []],
    '404 once': ['UPSTREAM_UNAVAILABLE at onlineMeeting', 'token', []],
    '410 once': ['UPSTREAM_UNAVAILABLE at onlineMeeting', 'token', []],
    'a nextLink to the same page': NO_PAGE,
    'a nextLink to another host': NO_PAGE,
    'a nextLink that climbs by ..': NO_PAGE,
    'a nextLink that climbs by %2e%2e': NO_PAGE,
    'an empty page with a nextLink': NO_PAGE,
  },
};
