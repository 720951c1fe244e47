/** Repeated operations are executed by a plan, if possible without Apollo Server. The answer must not show it. */
import { createHash } from 'node:crypto';
import { ApolloServer } from '@apollo/server';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { startCounting } from '../support/metrics.ts';
import type { CountingGateway } from '../support/metrics.ts';

interface Asked {
  readonly method?: 'GET';
  /** The query string of `/graphql`. */
  readonly search?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const NAME = 'query Name { user(id: "a") { id } }';
const LIST =
  'query List($n: Int) { callRecordings(meetingOrganizerId: "a", first: $n) { nodes { meeting { recordings(first: $n) { nodes { id } } } } } }';
const DEAR = LIST.replaceAll('$n)', '100)').replace('($n: Int)', '');
const TWO = 'query One { user(id: "a") { id } } query Other { user(id: "b") { id } }';

function post(body: unknown, headers: Readonly<Record<string, string>> = {}): Asked {
  return { headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}

function get(params: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>> = {}): Asked {
  return { method: 'GET', search: `?${new URLSearchParams(params)}`, headers };
}

const accepting = (accept: string): Asked => post({ query: NAME }, { accept });
const persisted = { version: 1, sha256Hash: createHash('sha256').update(NAME).digest('hex') };

async function ask({ url }: CountingGateway, { method, search = '', headers = {}, body }: Asked) {
  const response = await fetch(`${url}/graphql${search}`, {
    method: method ?? 'POST',
    headers: { ...headers },
    ...(body === undefined ? {} : { body }),
  });
  const told = new Map(response.headers);
  for (const name of ['date', 'x-request-id']) {
    expect(told.has(name)).toBe(true);
    told.delete(name);
  }
  // A trace says how long each field took, and each request to Graph has an id of its own.
  const text = (await response.text()).replaceAll(/"(ftv1|requestId)":"[^"]+"/g, '"$1":""');
  if (text.includes('"ftv1"')) told.delete('content-length');
  return { status: response.status, headers: Object.fromEntries(told), text };
}

/**
 * Sends a request three times to a gateway that plans an operation at its second request, with other requests in
 * between. Gives the answers, the changes of the metrics, and how often Apollo Server was called.
 */
async function askThrice(asked: Asked, others: readonly Asked[] = []) {
  const gateway = await startCounting({ plannedAfter: 2 });
  const server = vi.spyOn(ApolloServer.prototype, 'executeHTTPGraphQLRequest');
  const answers: unknown[] = [];
  const counted = [await gateway.changesOf(async () => answers.push(await ask(gateway, asked)))];
  for (let time = 1; time < 3; time += 1) {
    // One after the other: only the third may be answered without the server.
    // oxlint-disable no-await-in-loop
    for (const other of others) await ask(gateway, other);
    counted.push(await gateway.changesOf(async () => answers.push(await ask(gateway, asked))));
    // oxlint-enable no-await-in-loop
  }
  return { answers, counted, byServer: server.mock.calls.length };
}

/** Operations known before a request that only Apollo Server understands. */
const KNOWN = [
  post({ query: NAME }),
  post({ query: LIST, variables: { n: 1 } }),
  post({ query: TWO, operationName: 'One' }),
];

afterEach(() => {
  vi.restoreAllMocks();
});

const ANSWERED_BY_PLAN: readonly (readonly [string, Asked, object])[] = [
  ['in the plainest way', post({ query: NAME }), { status: 200, text: '{"data":{"user":{"id":"a"}}}\n' }],
  ['by its name', post({ query: TWO, operationName: 'Other' }), { text: '{"data":{"user":{"id":"b"}}}\n' }],
  ['with null for what is left out', post({ query: NAME, operationName: null, variables: null, extensions: null }), {}],
  ['with empty extensions', post({ query: NAME, extensions: {} }), { status: 200 }],
  ['with undeclared variables', post({ query: NAME, variables: { a: 1 } }), { status: 200 }],
  ['accepting anything', accepting('*/*'), {}],
  ['accepting the type of GraphQL', accepting('application/graphql-response+json'), { status: 200 }],
  ['accepting both', accepting('application/graphql-response+json, application/json;q=0.9'), { status: 200 }],
  ['in JSON with a charset', post({ query: NAME }, { 'content-type': 'application/json; charset=utf-8' }), {}],
  [
    'where null reaches the data',
    post({ query: 'query Bad { callRecordings(meetingOrganizerId: "a", after: "?") { nodes { id } } }' }),
    { status: 200, text: expect.stringMatching(/"line":1,"column":13.*BAD_USER_INPUT.*"data":null\}\n$/) },
  ],
  [
    'that Graph fails',
    post({
      query: 'query None { callRecordings(meetingOrganizerId: "a/b") { nodes { id } } user(id: "a") { displayName } }',
    }),
    { status: 200 },
  ],
];

describe('An operation requested three times', () => {
  it.each(ANSWERED_BY_PLAN)(
    '%s has the same answer from Apollo Server, from a plan in it, and from a plan alone',
    async (_, asked, expected) => {
      const { answers, counted, byServer } = await askThrice(asked);
      expect(answers[0]).toMatchObject(expected);
      expect(answers).toEqual(answers.map(() => answers[0]));
      expect(counted).toEqual(counted.map(() => counted[0]));
      expect(byServer).toBe(2);
    },
  );

  it.each<[string, Asked, object]>([
    ['by GET', get({ query: NAME }), { status: 200, text: '{"data":{"user":{"id":"a"}}}\n' }],
    ['by GET of another page', get({ query: NAME }, { origin: 'https://elsewhere.example' }), { status: 400 }],
    ['by its digest', post({ query: NAME, extensions: { persistedQuery: persisted } }), { status: 200 }],
    [
      'by a digest that is unknown',
      post({ extensions: { persistedQuery: { ...persisted, sha256Hash: 'a' } } }),
      { text: expect.stringContaining('PERSISTED_QUERY_NOT_FOUND') },
    ],
    [
      'with a trace',
      post({ query: NAME }, { 'apollo-federation-include-trace': 'ftv1' }),
      { status: 200, text: expect.stringContaining('"ftv1"') },
    ],
    ['accepting no media type of a response', accepting('image/png'), { status: 406 }],
    ['as text', post({ query: NAME }, { 'content-type': 'text/plain' }), { status: 415 }],
    ['as JSON of another kind', post({ query: NAME }, { 'content-type': 'application/jsonp' }), { status: 415 }],
    ['with no name of two', post({ query: TWO }), { text: expect.stringContaining('OPERATION_RESOLUTION_FAILURE') }],
    [
      'by a name that it has not',
      post({ query: NAME, operationName: 'No' }),
      { text: expect.stringContaining('OPERATION_RESOLUTION_FAILURE') },
    ],
    [
      'by an empty name',
      post({ query: NAME, operationName: '' }),
      { text: expect.stringContaining('OPERATION_RESOLUTION_FAILURE') },
    ],
    [
      'by an empty name, with a cost over the limit',
      post({ query: DEAR, operationName: '' }),
      { text: expect.stringContaining('OPERATION_RESOLUTION_FAILURE') },
    ],
    ['that costs too much', post({ query: DEAR }), { text: expect.stringContaining('can cost') }],
    [
      'that costs too much because of its variables',
      post({ query: LIST, variables: { n: 100 } }),
      { text: expect.stringContaining('can cost') },
    ],
    [
      'with a variable of a wrong type',
      post({ query: LIST, variables: { n: 'many' } }),
      { text: expect.stringContaining('BAD_USER_INPUT') },
    ],
    ...[0, false, '', [], 5, 'x'].flatMap((wrong): [string, Asked, object][] => [
      [`with ${JSON.stringify(wrong)} for variables`, post({ query: NAME, variables: wrong }), { status: 400 }],
      [`with ${JSON.stringify(wrong)} for extensions`, post({ query: NAME, extensions: wrong }), { status: 400 }],
    ]),
    ['by a name that is not a string', post({ query: NAME, operationName: 5 }), { status: 400 }],
    ['with no document', post({ query: '' }), { status: 400 }],
    ['as a list', post([{ query: NAME }]), { status: 400 }],
  ])('%s is answered as if no operation were known', async (_, asked, expected) => {
    const { answers, counted } = await askThrice(asked, [...KNOWN, ...KNOWN]);
    expect(answers[0]).toMatchObject(expected);
    expect(answers).toEqual(answers.map(() => answers[0]));
    expect(counted).toEqual(counted.map(() => counted[0]));
  });

  it('is executed by the resolvers of its plan, even after another request was traced', async () => {
    const gateway = await startCounting();
    const trace = post({ query: NAME }, { 'apollo-federation-include-trace': 'ftv1' });
    const counts: number[] = [];
    for (const between of [accepting('*/*'), trace]) {
      // One after the other, since a trace may change the resolvers.
      // oxlint-disable no-await-in-loop
      await ask(gateway, between);
      // A trace wraps the resolvers of the schema in resolvers that receive all four arguments.
      const apply = vi.spyOn(Reflect, 'apply');
      await ask(gateway, post({ query: `${NAME} # ${between.headers?.['accept']}` }));
      counts.push(apply.mock.calls.filter(([, , given]) => given.length === 4 && 'schema' in Object(given[3])).length);
      apply.mockRestore();
      // oxlint-enable no-await-in-loop
    }
    expect(counts).toEqual([0, 0]);
  });
});
