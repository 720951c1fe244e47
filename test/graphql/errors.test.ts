import { readFileSync } from 'node:fs';
import { ApolloServerErrorCode } from '@apollo/server/errors';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { readConfig } from '../../src/config.ts';
import { guid } from '../../src/emulator/tenant/seeded.ts';
import { createGateway } from '../../src/gateway.ts';
import { openGraphAccess } from '../../src/graph-access.ts';
import { errorCodes, formatError } from '../../src/graphql/errors.ts';
import { GraphError } from '../../src/msgraph/error.ts';
import type { GraphErrorReason } from '../../src/msgraph/error.ts';
import { getAllRecordingsDeltaPath, getAllRecordingsPath } from '../../src/msgraph/path.ts';
import { createDeltaTokens } from '../../src/recordings/delta/position.ts';
import { createSeal } from '../../src/recordings/seal.ts';
import { createDrivenClock } from '../support/clock.ts';
import type { DrivenClock } from '../support/clock.ts';
import { addShortRecording, linkTo } from '../support/content.ts';
import { at, createTestStore, listAt, startGateway } from '../support/gateway.ts';
import type { TestGateway, TestGatewayOptions } from '../support/gateway.ts';
import { createCapturedLog } from '../support/log.ts';

/** The first user of the tenant. */
const ORGANIZER = guid('morrowtide', 'user', 0);

const MEETING = '{ onlineMeeting(organizerId: "a", id: "b") { subject } }';
const RECORDINGS = '{ callRecordings(meetingOrganizerId: "a") { nodes { id } } }';

/** Sends a request, and expects no stack, credential or Graph query in the response. */
async function ask({ url }: { readonly url: string }, body: unknown, headers = {}): Promise<unknown> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  expect(text).not.toMatch(/stacktrace|node_modules|\bat \S+ \(|an-opaque-token|Bearer \w|\?\$|\$select|\$filter|%24/);
  return JSON.parse(text);
}

interface Case {
  readonly options?: TestGatewayOptions;
  readonly provoke?: (gateway: TestGateway, clock: DrivenClock) => void;
  readonly body: unknown;
}

/** A request that provokes each code. Each Retry-After exceeds the wait allowed to an operation. */
const CASES: Readonly<Record<string, Case>> = {
  BAD_REQUEST: { body: [{ query: MEETING }] },
  BAD_USER_INPUT: { body: { query: 'query ($id: ID!) { user(id: $id) { id } }', variables: { id: ['b'] } } },
  BUDGET_EXCEEDED: {
    options: { config: { operationGraphRequests: 1 } },
    body: { query: `{ user(id: "a") { displayName } other: ${MEETING.slice(1)}` },
  },
  DOCUMENT_NOT_TRUSTED: {
    options: { config: { trustedDocuments: { documents: new Map(), enforced: true } } },
    body: { query: MEETING },
  },
  FORBIDDEN: { provoke: ({ emulator }) => emulator.fail({ kind: 'status', status: 403 }), body: { query: MEETING } },
  GRAPHQL_PARSE_FAILED: { body: { query: '{ user(id: "a") { id }' } },
  GRAPHQL_VALIDATION_FAILED: { body: { query: '{ user(id: "a") { name } }' } },
  INTERNAL_SERVER_ERROR: {
    options: { config: { sealingKeys: [Buffer.alloc(32, 7)] } },
    body: { query: RECORDINGS.replace(')', `, after: "${brokenCursor()}")`) },
  },
  NOT_FOUND: { body: { query: RECORDINGS } },
  OPERATION_RESOLUTION_FAILURE: { body: { query: `query A ${MEETING} query B ${MEETING}` } },
  PERSISTED_QUERY_NOT_FOUND: { body: { extensions: { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } } } },
  RESYNC_REQUIRED: {
    options: { config: { sealingKeys: [Buffer.alloc(32, 7)] } },
    body: {
      query: `{ callRecordingDelta(meetingOrganizerId: "${ORGANIZER}", since: "${forgottenToken()}") { token } }`,
    },
  },
  THROTTLED: {
    provoke: ({ emulator }) => emulator.fail({ kind: 'status', status: 429, retryAfterSeconds: 99.5 }),
    body: { query: MEETING },
  },
  UNAUTHENTICATED: {
    options: {
      config: {
        callers: {
          authority: 'https://127.0.0.1:9',
          tenantIds: ['9c1f6f0e-52a7-4c0b-9a55-0d6b7c2f4e11'],
          audiences: ['gateway'],
        },
      },
    },
    body: { query: MEETING },
  },
  UPSTREAM_ERROR: { provoke: ({ emulator }) => emulator.fail({ kind: 'html' }), body: { query: MEETING } },
  UPSTREAM_TIMEOUT: {
    provoke: ({ emulator }, clock) =>
      void emulator
        .hold({})
        .arrived(1)
        .then(() => clock.advance(9_500)),
    body: { query: MEETING },
  },
  UPSTREAM_UNAVAILABLE: {
    provoke: ({ emulator }) => emulator.fail({ kind: 'status', status: 503, retryAfterSeconds: 100 }),
    body: { query: MEETING },
  },
};

/** A cursor sealed with the right key around invalid content: a fault of the gateway, not of the caller. */
function brokenCursor(): string {
  return createSeal([Buffer.alloc(32, 7)]).seal(getAllRecordingsPath('a', {}), '{}');
}

/** A token of a log that is gone, with a cursor unknown to Graph. */
function forgottenToken(): string {
  const cursor = `${getAllRecordingsDeltaPath(ORGANIZER)}?$deltatoken=forgotten`;
  const position = { epoch: 'gone', number: 1, cursor, fingerprint: '1' };
  return createDeltaTokens(createSeal([Buffer.alloc(32, 7)]), 'emulator').seal(ORGANIZER, position);
}

const guide = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');
/** The examples that the guide gives for each code. */
const examples = new Map(
  guide
    .split(/^### /m)
    .slice(1)
    .map((section): [string, unknown[]] => [
      /^`(\w+)`\n/.exec(section)?.[1] ?? section,
      [...section.matchAll(/```json\n(.*?)```/gs)].map(([, json = '']): unknown => JSON.parse(json)),
    ]),
);

describe('docs/errors.md', () => {
  it('lists every code that a response can have, and no other', () => {
    // Never sent: persisted queries are supported, or enforced trusted documents refuse them with another code.
    const { PERSISTED_QUERY_NOT_SUPPORTED: _, ...codes } = ApolloServerErrorCode;
    expect([...examples.keys()]).toEqual([...new Set([...errorCodes, ...Object.values(codes)])].toSorted());
  });

  it.each(Object.entries(CASES))('shows %s exactly as it is sent', async (code, { options, provoke, body }) => {
    const clock = createDrivenClock();
    const gateway = await startGateway({ clock, ...options });
    provoke?.(gateway, clock);
    const [error] = listAt(await ask(gateway, body), 'errors');
    expect(at(error, 'extensions.code')).toBe(code);
    // The id differs each time.
    const id = '1f0c2a5e-7d43-4b6a-9c58-3e9d10b7a264';
    const text = JSON.stringify(error).replace(/(?<="requestId":")[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/, id);
    expect(examples.get(code)?.[0]).toEqual(JSON.parse(text));
  });

  it.each([
    ['FORBIDDEN', 'a link that was changed', 'A'],
    ['THROTTLED', 'a link that is opened once too often', ''],
  ])('shows %s exactly as it is sent for %s', async (code, _, behind) => {
    const settings = { contentBytes: 16 * 1_024 * 1_024 };
    const gateway = await startGateway({ settings, config: { streams: { inAll: 2, perCaller: 2 } } });
    const url = await linkTo(gateway, addShortRecording(gateway));
    const viewers = new AbortController();
    // An unread stream lasts until its viewer leaves.
    await Promise.all([url, url].map((one) => fetch(one, viewers)));
    const response = await fetch(url + behind);
    expect({ errors: [examples.get(code)?.[1]] }).toEqual(await response.json());
    viewers.abort();
  });
});

describe('A failed request to Graph', () => {
  it.each<[GraphErrorReason, string]>([
    ['malformed', 'UPSTREAM_ERROR'],
    ['timeout', 'UPSTREAM_TIMEOUT'],
    ['token', 'UPSTREAM_UNAVAILABLE'],
    ['unreachable', 'UPSTREAM_UNAVAILABLE'],
  ])('with the reason "%s" has the code %s', (reason, code) => {
    const thrown = new GraphError('A sentence.', { reason, cause: new Error('a secret') });
    expect(formatError({ message: 'A sentence.', path: ['a'] }, thrown)).toEqual({
      message: 'A sentence.',
      path: ['a'],
      extensions: { code },
    });
  });

  it.each([
    [400, 'UPSTREAM_ERROR'],
    [410, 'UPSTREAM_ERROR'],
    [500, 'UPSTREAM_UNAVAILABLE'],
    [502, 'UPSTREAM_UNAVAILABLE'],
  ])('with the status %i has the code %s', async (status, code) => {
    const gateway = await startGateway();
    gateway.emulator.fail({ kind: 'status', status });
    const response = await ask(gateway, { query: MEETING });
    expect(response).toMatchObject({ errors: [{ extensions: { code, graphStatus: status } }] });
  });
});

describe('An unexpected error of the gateway', () => {
  it('is logged with its stack and the id of the request', async () => {
    const { options, body } = CASES['INTERNAL_SERVER_ERROR'] ?? { body: {} };
    const { log, lines } = createCapturedLog();
    const gateway = await createGateway({
      store: createTestStore(),
      config: { ...readConfig({ PORT: '0', PLAYGROUND: 'false' }), ...options?.config },
      graph: openGraphAccess('http://127.0.0.1:1', 'an-opaque-token', ''),
      log,
      clock: systemClock,
    });
    onTestFinished(() => gateway.close());
    await ask(gateway, body, { 'x-request-id': 'the-id' });
    expect(lines().filter(({ level }) => level === 'error')).toEqual([
      expect.objectContaining({
        msg: 'unexpected error',
        requestId: 'the-id',
        path: ['callRecordings'],
        error: expect.objectContaining({ stack: expect.stringMatching(/list\.ts:\d+/) }),
      }),
    ]);
  });

  it.each(Object.keys(CASES).filter((code) => code !== 'INTERNAL_SERVER_ERROR'))(
    'is the only error logged at level "error": %s is not',
    async (code) => {
      const { options, provoke, body } = CASES[code] ?? { body: {} };
      const clock = createDrivenClock();
      const gateway = await startGateway({ clock, ...options });
      provoke?.(gateway, clock);
      await ask(gateway, body);
      expect(gateway.logged()).not.toMatch(/"level":(50|"error")/);
    },
  );
});
