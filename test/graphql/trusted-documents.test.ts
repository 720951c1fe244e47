import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from '../../src/config.ts';
import type { Config } from '../../src/config.ts';
import { TrustedDocumentsError } from '../../src/graphql/documents/trusted-documents.ts';
import { startCallbackRouter } from '../support/callback-router.ts';
import { DOORS, askBy } from '../support/doors.ts';
import { startGateway } from '../support/gateway.ts';
import type { TestGateway } from '../support/gateway.ts';
import { createFolder, startProcess } from '../support/process.ts';

/** As the client preset of GraphQL Code Generator writes it: a query, and a subscription whose id does not name its digest. */
const FILE = 'test/support/trusted-documents.json';
const [QUERY_ID = '', SUBSCRIPTION_ID = ''] = Object.keys(JSON.parse(readFileSync(FILE, 'utf8')));
const BARE_ID = QUERY_ID.replace('sha256:', '');

const variables = { organizer: 'a', id: 'b' };
const ANSWER = { data: { onlineMeeting: null } };
const OTHER = '{ user(id: "a") { id } }';

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');
const persisted = (sha256Hash: string) => ({ extensions: { persistedQuery: { version: 1, sha256Hash } } });

function start(mode: 'accept' | 'enforce', file = FILE, config: Partial<Config> = {}): Promise<TestGateway> {
  const { trustedDocuments } = readConfig({ TRUSTED_DOCUMENTS_FILE: file, TRUSTED_DOCUMENTS: mode });
  return startGateway({ config: { trustedDocuments, ...config } });
}

async function writeManifest(documents: Readonly<Record<string, string>>): Promise<string> {
  const path = join(await createFolder(), 'persisted-documents.json');
  await writeFile(path, JSON.stringify(documents));
  return path;
}

const NAMES = [
  ['its id', { documentId: QUERY_ID }],
  ['its id without the name of the digest', { documentId: BARE_ID }],
  ['its digest', persisted(BARE_ID)],
  ['its digest, by its whole name', persisted(QUERY_ID)],
  ['its id, beside another document', { documentId: QUERY_ID, query: OTHER }],
] as const;
const MODES = ['accept', 'enforce'] as const;

describe('A trusted document', () => {
  it.each(
    NAMES.flatMap(([name, request]) => MODES.flatMap((mode) => DOORS.map((door) => ({ name, request, mode, door })))),
  )('is executed by $name, over $door, where the mode is $mode', async ({ request, mode, door }) => {
    const gateway = await start(mode);
    expect(await askBy(door, gateway.url, { ...request, variables })).toEqual(ANSWER);
    expect(gateway.paths()).toEqual(['/users/a/onlineMeetings/b']);
  });

  it.each(['events', 'events by GET', 'websocket'] as const)('may be a subscription, over %s', async (door) => {
    const gateway = await start('enforce');
    const organizer = gateway.emulator.tenant.users[0]?.id;
    const answer = await askBy(door, gateway.url, { documentId: SUBSCRIPTION_ID, variables: { organizer } });
    expect(answer).toMatchObject({ data: { callRecordingDelta: { added: expect.any(Array) } } });
  });

  it.each([
    ['its id', { documentId: SUBSCRIPTION_ID }],
    ['its digest', persisted(SUBSCRIPTION_ID)],
  ])('may be a subscription over a callback, by %s', async (_, name) => {
    const router = await startCallbackRouter();
    const gateway = await start('enforce', FILE, { callbackUrls: [router.callbackUrl] });
    const organizer = gateway.emulator.tenant.users[0]?.id;
    const extensions = { ...('extensions' in name ? name.extensions : {}), subscription: router.subscription() };
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...name, variables: { organizer }, extensions }),
    });
    expect(await response.json()).toEqual({ data: null });
    expect(await router.next()).toMatchObject({ message: { action: 'check' } });
    expect(await router.next()).toMatchObject({ message: { payload: { data: { callRecordingDelta: {} } } } });
  });
});

const UNTRUSTED = [
  ['a document', { query: OTHER }],
  ['a text that is not a document', { query: '{' }],
  ['the text of a trusted document', { query: JSON.parse(readFileSync(FILE, 'utf8'))[QUERY_ID] }],
  ['an unknown id', { documentId: 'a' }],
  ['an unknown id with a document', { documentId: 'a', query: OTHER }],
  ['the name of a member of every object as the id', { documentId: 'constructor' }],
  ['an unknown digest', persisted(digestOf(OTHER))],
  ['a document and its digest', { query: OTHER, ...persisted(digestOf(OTHER)) }],
] as const;

describe('Enforced trusted documents', () => {
  it.each(UNTRUSTED.flatMap(([name, request]) => DOORS.map((door) => ({ name, request, door }))))(
    'refuse anything else without a request to Graph: $name, over $door',
    async ({ request, door }) => {
      const gateway = await start('enforce');
      expect(await askBy(door, gateway.url, { ...request, variables })).toEqual({
        errors: [
          {
            message: expect.stringContaining('Only trusted documents are allowed'),
            extensions: { code: 'DOCUMENT_NOT_TRUSTED' },
          },
        ],
      });
      expect(gateway.requests()).toEqual([]);
    },
  );

  it.each([
    ['anything', '*/*', 200, 'application/json'],
    ['plain JSON', 'application/json', 200, 'application/json'],
    [
      'plain JSON before the media type of GraphQL',
      'application/json, application/graphql-response+json',
      200,
      'application/json',
    ],
    ['the media type of GraphQL', 'application/graphql-response+json', 400, 'application/graphql-response+json'],
    [
      'the media type of GraphQL rather than plain JSON',
      'application/json;q=0.9, application/graphql-response+json',
      400,
      'application/graphql-response+json',
    ],
    ['neither', 'image/png', 406, 'application/json'],
  ])('use the status and media type of an invalid document if Accept is %s', async (_, accept, status, mediaType) => {
    const gateways = [await start('enforce'), await startGateway()];
    const headers = { accept, 'content-type': 'application/json' };
    const body = JSON.stringify({ query: '{ nothing }' });
    const answers = gateways.map(({ url }) => fetch(`${url}/graphql`, { method: 'POST', headers, body }));
    for (const answer of await Promise.all(answers)) {
      expect(answer.status).toBe(status);
      expect(answer.headers.get('content-type')).toBe(`${mediaType}; charset=utf-8`);
    }
  });

  it.each(['HEAD', 'PUT', 'PATCH', 'DELETE'])('refuse a document by %s', async (method) => {
    const gateway = await start('enforce');
    const headers = { 'content-type': 'application/json' };
    const body = method === 'HEAD' ? {} : { body: JSON.stringify({ query: OTHER }) };
    const response = await fetch(`${gateway.url}/graphql`, { method, headers, ...body });
    expect(response.status).toBe(405);
  });

  it('refuse an array, a string, null and an empty object', async () => {
    const gateway = await start('enforce');
    const bodies = [JSON.stringify([{ query: OTHER }]), '"text"', 'null', '{}'];
    for (const body of bodies) {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`${gateway.url}/graphql`, { method: 'POST', headers, body });
      expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'DOCUMENT_NOT_TRUSTED' } }] });
    }
  });
});

describe('Accepted trusted documents', () => {
  it.each(DOORS)('allow any other document, over %s', async (door) => {
    const gateway = await start('accept');
    for (const request of [{ query: OTHER }, { query: OTHER, documentId: 'a' }])
      expect(await askBy(door, gateway.url, request)).toEqual({ data: { user: { id: 'a' } } });
  });

  it.each(DOORS)('report an unknown id, over %s', async (door) => {
    const { errors } = await askBy(door, (await start('accept')).url, { documentId: 'a' });
    expect(errors).toMatchObject([{ extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }]);
  });

  it.each(DOORS.filter((door) => !door.endsWith('GET')))('refuse an id that is not a string, over %s', async (door) => {
    const gateway = await start('accept');
    for (const documentId of [5, {}, [QUERY_ID]]) {
      const { errors } = await askBy(door, gateway.url, { query: OTHER, documentId });
      expect(errors).toMatchObject([
        { message: expect.stringContaining('documentId'), extensions: { code: 'BAD_REQUEST' } },
      ]);
    }
    expect(gateway.requests()).toEqual([]);
  });

  it('allow persisted queries by digest, over POST and GET only', async () => {
    const { url } = await start('accept');
    const name = persisted(digestOf(OTHER));
    expect(await askBy('POST', url, name)).toMatchObject({ errors: [{ message: 'PersistedQueryNotFound' }] });
    expect(await askBy('POST', url, { query: OTHER, ...name })).toEqual({ data: { user: { id: 'a' } } });
    for (const door of ['POST', 'GET'] as const)
      expect(await askBy(door, url, name)).toEqual({ data: { user: { id: 'a' } } });
    for (const door of ['events', 'websocket'] as const)
      expect(await askBy(door, url, name)).toMatchObject({ errors: [{ message: 'PersistedQueryNotFound' }] });
  });
});

describe('A file of trusted documents', () => {
  const FAULTY = {
    a: '{ nothing }',
    b: '{',
    c: '{ __typename }',
    d: '{ user(id: "a") { nothing } callRecordings { edges { cursor } } }',
  };

  it('with documents that cannot be executed prevents the start, and every fault is named', async () => {
    const failure = await start('accept', await writeManifest(FAULTY)).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(TrustedDocumentsError);
    const lines = String(failure).split('\n');
    expect(lines).toHaveLength(4);
    expect(String(failure)).toMatch(
      /document "a" cannot.*"nothing".*\n.*document "b" cannot.*Syntax Error.*\n.*document "d".*\n.*document "d"/,
    );
  });

  it('with faults ends the process with exit code 1 and the faults on stderr', async () => {
    const gateway = await startProcess({
      environment: { PORT: '0', TRUSTED_DOCUMENTS_FILE: await writeManifest(FAULTY) },
    });
    expect(await gateway.exit).toEqual({ code: 1, signal: null });
    expect(gateway.written().errors).toMatch(
      /^(TRUSTED_DOCUMENTS_FILE: the document "[abd]" cannot be executed: .*\n){4}$/,
    );
  });

  it.each([
    ['whose digest is that of another document', { [`sha256:${digestOf('{ a }')}`]: '{ b }' }],
    ['whose id is malformed', { 'a b': '{ __typename }' }],
    ['that is empty', { a: '' }],
  ])('with a document %s is refused', async (_, documents) => {
    const path = await writeManifest(documents);
    expect(() => readConfig({ TRUSTED_DOCUMENTS_FILE: path })).toThrow(ConfigError);
  });

  it('is required when a mode is set', () => {
    expect(() => readConfig({ TRUSTED_DOCUMENTS: 'enforce' })).toThrow(
      /^TRUSTED_DOCUMENTS: requires TRUSTED_DOCUMENTS_FILE/,
    );
  });
});
