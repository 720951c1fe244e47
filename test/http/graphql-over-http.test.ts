import { serverAudits } from 'graphql-http';
import { describe, expect, it } from 'vitest';
import { at, startGateway } from '../support/gateway.ts';

/** The endpoint of the gateway under test. */
let url = '';
const audits = serverAudits({ url: () => url });

describe('The audit of GraphQL over HTTP', () => {
  it('has 61 parts', () => {
    expect(audits).toHaveLength(61);
  });

  it.each(audits)('$name ($id)', async ({ fn }) => {
    url = `${(await startGateway()).url}/graphql`;
    const result = await fn();
    expect(result).toMatchObject({ status: 'ok' });
  });
});

interface Ask {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly path?: string;
}

async function ask({ method = 'POST', headers = {}, body, path = '/graphql' }: Ask) {
  const gateway = await startGateway();
  const response = await fetch(`${gateway.url}${path}`, { method, headers, ...(body === undefined ? {} : { body }) });
  return { status: response.status, headers: response.headers, text: await response.text(), paths: gateway.paths() };
}

const JSON_TYPE = { 'content-type': 'application/json' };
const GRAPHQL_RESPONSE = { ...JSON_TYPE, accept: 'application/graphql-response+json' };

const MEETING = '{ onlineMeeting(organizerId: "a", id: "b") { subject } }';

/** The body of a refusal whose message contains a sentence. */
const refusal = (sentence: string) => ({
  errors: [{ message: expect.stringContaining(sentence), extensions: { code: 'BAD_REQUEST' } }],
});

describe('The status', () => {
  it.each([
    ['an unknown field', '{ nothing }', 'GRAPHQL_VALIDATION_FAILED'],
    ['no document', '{', 'GRAPHQL_PARSE_FAILED'],
    [
      'a limit',
      '{ user(id: "a") { id } '.concat('...{ user(id: "a") { id } } '.repeat(30), '}'),
      'GRAPHQL_VALIDATION_FAILED',
    ],
    ['no such operation', 'query A { __typename } query B { __typename }', 'OPERATION_RESOLUTION_FAILURE'],
    ['a mutation', 'mutation { anything }', 'GRAPHQL_VALIDATION_FAILED'],
    ['a variable that is missing', 'query ($id: ID!) { user(id: $id) { id } }', 'BAD_USER_INPUT'],
  ])('for %s is 400 as application/graphql-response+json, and 200 as application/json', async (_, query, code) => {
    const body = JSON.stringify({ query });
    const expected = [{ message: expect.any(String), extensions: { code } }];
    for (const [headers, status] of [
      [GRAPHQL_RESPONSE, 400],
      [JSON_TYPE, 200],
    ] as const) {
      // One after the other: each starts a gateway of its own.
      // oxlint-disable-next-line no-await-in-loop
      const answer = await ask({ headers, body });
      expect(JSON.parse(answer.text).errors).toMatchObject(expected);
      expect(JSON.parse(answer.text)).not.toHaveProperty('data');
      expect(answer.status).toBe(status);
    }
  });

  it('for a digest that names nothing is 400 in the media type of GraphQL, and 200 in plain JSON', async () => {
    const body = JSON.stringify({ extensions: { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } } });
    for (const [headers, status] of [
      [GRAPHQL_RESPONSE, 400],
      [JSON_TYPE, 200],
    ] as const) {
      // oxlint-disable-next-line no-await-in-loop -- each starts a gateway of its own
      const answer = await ask({ headers, body });
      expect(JSON.parse(answer.text)).toMatchObject({
        errors: [{ extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }],
      });
      expect(answer.status).toBe(status);
    }
  });

  it.each([
    ['that is not JSON', '{"query":', 400, 'the request body is not valid JSON'],
    ['that is empty', '', 400, 'the request has no body'],
    ['of several operations', '[{"query":"{ __typename }"}]', 400, 'contains a list of operations'],
    ['whose variables are a list', '{"query":"{ a }","variables":[]}', 400, 'Expected "variables" to be a JSON object'],
    ['whose extensions are a string', '{"query":"{ a }","extensions":""}', 400, 'Expected "extensions" to be a JSON'],
    [
      'whose operation name is a number',
      '{"query":"{ a }","operationName":1}',
      400,
      'Expected "operationName" to be a string',
    ],
    ['whose document id is a number', '{"query":"{ a }","documentId":5}', 400, 'Expected "documentId" to be a string'],
    ['of one byte more than 256 KiB', ' '.repeat(256 * 1_024 + 1), 413, 'exceeds the limit of 262144 bytes'],
    [
      'with a key of an object’s prototype',
      '{"query":"{ __typename }","variables":{"__proto__":{}}}',
      400,
      'not valid JSON',
    ],
  ])('for a body %s comes with a message, as a GraphQL error', async (_, body, status, sentence) => {
    const answer = await ask({ headers: JSON_TYPE, body });
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toEqual(refusal(sentence));
  });

  it.each([
    [
      'whose variables are not JSON',
      'query={a}&variables={',
      400,
      'Expected "variables" in the query string to be a percent-encoded JSON',
    ],
    ['whose extensions are a list', 'query={a}&extensions=[]', 400, 'Expected "extensions" in the query string to be'],
    ['with two documents', 'query={a}&query={b}', 400, 'The query string contains "query" more than once'],
    [
      'for a mutation',
      'query=mutation{a}',
      405,
      'GET requests can execute only queries, but this operation is a mutation',
    ],
  ])('for a GET %s comes with a message, as a GraphQL error', async (_, search, status, sentence) => {
    const answer = await ask({ method: 'GET', path: `/graphql?${search}` });
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toEqual(refusal(sentence));
  });

  it('for a body of 256 KiB is 200', async () => {
    const body = JSON.stringify({ query: '{ __typename }' }).padEnd(256 * 1_024);
    expect(await ask({ headers: JSON_TYPE, body })).toMatchObject({ status: 200 });
  });

  it.each(['HEAD', 'OPTIONS', 'PUT', 'PATCH', 'DELETE'])(
    'for %s is 405 and names the methods that are allowed',
    async (method) => {
      const answer = await ask({ method });
      expect(answer.status).toBe(405);
      expect(answer.headers.get('allow')).toBe('GET, POST');
    },
  );

  it('for a mutation by GET is 405', async () => {
    const answer = await ask({ method: 'GET', path: '/graphql?query=mutation%7B__typename%7D' });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('POST');
  });

  it.each(['/nowhere?secret=1', '/graphql%?secret=1', '/graphql/?secret=1'])(
    'for an unknown path is 404 or 400, without repeating the query string: %s',
    async (path) => {
      const answer = await ask({ method: 'GET', path });
      expect([400, 404]).toContain(answer.status);
      expect(JSON.parse(answer.text)).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
      expect(answer.text).not.toContain('secret');
    },
  );

  it.each([
    ['POST', { body: JSON.stringify({ query: MEETING }) }],
    ['GET', { path: `/graphql?query=${encodeURIComponent(MEETING)}` }],
  ])('for a %s that accepts no media type of an answer is 406, and sends nothing to Graph', async (method, asked) => {
    const answer = await ask({ method, headers: { ...JSON_TYPE, accept: 'image/png' }, ...asked });
    expect(answer.status).toBe(406);
    expect(JSON.parse(answer.text)).toEqual({
      errors: [
        {
          message:
            'The header "accept" must allow "application/json", "application/graphql-response+json" or "text/event-stream". Correct it or omit it.',
          extensions: { code: 'BAD_REQUEST' },
        },
      ],
    });
    expect(answer.paths).toEqual([]);
  });
});

describe('A request with an empty "Accept"', () => {
  it('is answered like one without it', async () => {
    const headers = { ...JSON_TYPE, accept: '' };
    const answer = await ask({ headers, body: JSON.stringify({ query: '{ __typename }' }) });
    expect(answer).toMatchObject({ status: 200, text: '{"data":{"__typename":"Query"}}\n' });
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
  });
});

describe('A parameter of the query string', () => {
  it.each(['application/json', 'text/event-stream'])('that is empty counts as left out, for %s', async (accept) => {
    const path = '/graphql?query=%7B__typename%7D&operationName=&variables=&extensions=';
    const answer = await ask({ method: 'GET', path, headers: { accept } });
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('{"data":{"__typename":"Query"}}');
  });

  it.each(['application/json', 'text/event-stream'])('may be null unless it is a name, for %s', async (accept) => {
    const path = '/graphql?query=%7B__typename%7D&variables=null&extensions=null';
    const answer = await ask({ method: 'GET', path, headers: { accept } });
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('{"data":{"__typename":"Query"}}');
    const named = await ask({ method: 'GET', path: `${path}&operationName=null`, headers: { accept } });
    expect(named.text).toContain('must be the name of an operation');
  });
});

describe('A request that is not UTF-8', () => {
  it('is read with its invalid characters replaced', async () => {
    const body = Uint8Array.from(Buffer.from('{"query":"{ user(id: \\"\xff\\") { id } }"}', 'latin1'));
    const answer = await ask({ headers: JSON_TYPE, body });
    expect(at(JSON.parse(answer.text), 'data.user.id')).toBe('�');
  });
});
