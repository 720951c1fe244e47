import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { startGateway } from '../support/gateway.ts';
import { sendRaw } from '../support/raw.ts';
import { besiege } from '../support/siege.ts';

const JSON_TYPE = 'content-type: application/json';
const QUERY = '{"query":"{ __typename }"}';

/** A raw request. The connection closes after it, so that all received bytes are the answer. */
function request(line: string, headers: readonly string[], body = '', host = 'localhost'): string {
  return [`${line} HTTP/1.1`, `host: ${host}`, 'connection: close', ...headers, '', body].join('\r\n');
}

function post(headers: readonly string[], body: string, path = '/graphql'): string {
  return request(`POST ${path}`, headers, body);
}

const MANY_OBJECTS = JSON.stringify({
  query: '{ __typename }',
  variables: { a: Array.from({ length: 10_000 }, () => ({})) },
});
const lengthOf = (body: string): string => `content-length: ${body.length}`;
const BOMB = gzipSync(Buffer.alloc(32 * 1_024 * 1_024)).toString('latin1');

/** The bytes sent, the status received, and part of the message. */
const ATTACKS: Readonly<Record<string, readonly [bytes: string, status: number, says: string]>> = {
  'headers that are too large': [
    request('GET /graphql', [`x: ${'a'.repeat(20_000)}`]),
    431,
    'exceed the limit of 16 KiB',
  ],
  'too many headers': [
    request(
      'GET /graphql',
      Array.from({ length: 5_000 }, () => 'a:b'),
    ),
    431,
    'exceed the limit of 16 KiB',
  ],
  'a very long URL': [request(`GET /graphql?query=${'a'.repeat(20_000)}`, []), 431, 'exceed the limit of 16 KiB'],
  'two different lengths': [
    post([JSON_TYPE, 'content-length: 26', 'content-length: 27'], QUERY),
    400,
    'not a valid HTTP/1.1 request',
  ],
  'both a length and chunks': [
    post([JSON_TYPE, 'content-length: 26', 'transfer-encoding: chunked'], `0\r\n\r\n${QUERY}`),
    400,
    'not a valid HTTP/1.1 request',
  ],
  'malformed chunks': [post([JSON_TYPE, 'transfer-encoding: chunked'], 'zz\r\n'), 400, 'not a valid HTTP/1.1 request'],
  'very long chunk extensions': [
    post([JSON_TYPE, 'transfer-encoding: chunked'], `1;${'a'.repeat(20_000)}\r\n{\r\n`),
    413,
    'chunk extensions of the request body are too large',
  ],
  'a malformed header': [request('GET /graphql', ['no colon']), 400, 'not a valid HTTP/1.1 request'],
  'a header with a line break': [request('GET /graphql', ['x: a\rb: c']), 400, 'not a valid HTTP/1.1 request'],
  'another protocol': ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400, 'not a valid HTTP/1.1 request'],
  'bytes that are not HTTP': ['\u0016\u0003\u0001\u0002\u0000\u0001', 400, 'not a valid HTTP/1.1 request'],
  'an unsupported method': [request('TRACE /graphql', []), 404, 'This path does not exist or does not support TRACE'],
  'another method in a header': [
    request('GET /graphql?query=mutation%7Ba%7D', ['x-http-method-override: POST']),
    405,
    'GET requests can execute only queries, but this operation is a mutation.',
  ],
  'a compressed body that expands enormously': [
    post([JSON_TYPE, 'content-encoding: gzip', lengthOf(BOMB)], BOMB),
    415,
    'does not accept compressed requests',
  ],
  'a form': [
    post(['content-type: application/x-www-form-urlencoded', lengthOf('query=a')], 'query=a'),
    415,
    'The request body must be JSON',
  ],
  'JSON declared as plain text': [
    post(['content-type: text/plain', lengthOf(QUERY)], QUERY),
    415,
    'The request body must be JSON',
  ],
  'a query from a page of another site': [
    request('GET /graphql?query=%7B__typename%7D', ['origin: https://elsewhere.example']),
    400,
    'a page of another site could have forged it',
  ],
  'two queries in one URL': [
    request('GET /graphql?query=%7Ba%7D&query=%7Bb%7D', []),
    400,
    'more than once. Send it once.',
  ],
  'a foreign host name': [
    request('GET /graphql?query=%7B__typename%7D', [], '', 'attacker.example'),
    421,
    'does not accept the name in the header',
  ],
  'a host name that only begins like ours': [
    request('GET /', [], '', 'localhost.attacker.example'),
    421,
    'does not accept the name',
  ],
  'a host name after a user name': [
    request('GET /', [], '', '127.0.0.1@attacker.example'),
    421,
    'does not accept the name',
  ],
  'a malformed host name': [request('GET /', [], '', 'a b'), 421, 'does not accept the name'],
  'a method that the path does not support': [
    request('PUT /healthz', []),
    404,
    'This path does not exist or does not support PUT',
  ],
  'a path that leaves the folder': [request('GET /watch/../../etc/passwd', []), 404, 'This path does not exist'],
  'an encoded path that leaves the folder': [
    request('GET /watch/assets/..%2f..%2fpackage.json', []),
    404,
    'This path does not exist',
  ],
  'a path with a double slash': [request('GET //graphql?query=%7B__typename%7D', []), 404, 'This path does not exist'],
  'a path with a null character': [
    request('GET /graphql%00?query=%7B__typename%7D', []),
    404,
    'This path does not exist',
  ],
  'a malformed path': [request('GET /%zz', []), 400, 'percent-encoding of the path is malformed'],
  'a forged link': [request('GET /content/..%2f..%2fgraphql', []), 403, 'This link is incomplete or was modified'],
  'a very long link': [request(`GET /content/${'A'.repeat(12_000)}`, []), 403, 'This link was created by another'],
  'very many objects': [
    post([JSON_TYPE, `content-length: ${MANY_OBJECTS.length}`], MANY_OBJECTS),
    400,
    'The JSON exceeds the limit of 10000 objects and arrays.',
  ],
  'a notification that is too large': [
    post([JSON_TYPE, `content-length: ${2 * 1_024 * 1_024}`], '{', '/notifications'),
    413,
    '',
  ],
  'a validation token that is too long': [
    post([JSON_TYPE, lengthOf('{}')], '{}', `/notifications?validationToken=${'a'.repeat(3_000)}`),
    400,
    'Expected at most one "validationToken", of at most 2048 characters',
  ],
};

describe('A hostile request', () => {
  it.each(Object.entries(ATTACKS))('with %s is refused without delaying others', async (_, [bytes, status, says]) => {
    const gateway = await startGateway({ logLevel: 'silent' });
    await besiege(gateway, async () => {
      const answer = await sendRaw(gateway.url, bytes);
      expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
      expect(answer).toContain(says);
      expect(answer).toContain('x-content-type-options: nosniff');
      expect(answer).toContain("content-security-policy: default-src 'none'");
    });
    expect(gateway.requests().every((line) => line.includes('getAllRecordings'))).toBe(true);
  });

  it('that offers an upgrade to another protocol is answered over HTTP/1.1', async () => {
    const gateway = await startGateway();
    const answer = await sendRaw(
      gateway.url,
      'GET /healthz HTTP/1.1\r\nhost: localhost\r\nupgrade: h2c\r\nconnection: upgrade, close\r\n\r\n',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe('A host name', () => {
  it.each([
    ['of this machine', 'LOCALHOST:4000', {}, 200],
    ['of this machine, in numbers', '127.0.0.1', {}, 200],
    ['of this machine, in other numbers', '127.1.2.3:4000', {}, 200],
    ['that only begins like one of this machine', '127.0.0.1.elsewhere.example', {}, 421],
    ['that only ends like one of this machine', 'elsewhere.localhost', {}, 421],
    ['of this machine, in numbers of IPv6', '[::1]:4000', {}, 200],
    ['that is the public one', 'gateway.example', { publicUrl: 'https://gateway.example' }, 200],
    [
      'that is the public one, with its port',
      'gateway.example:8443',
      { publicUrl: 'https://gateway.example:8443' },
      200,
    ],
    ['that is not the configured one', 'elsewhere.example', { publicUrl: 'https://gateway.example' }, 421],
    ['of any kind, if the gateway listens on every address', 'elsewhere.example', { host: '0.0.0.0' }, 200],
    [
      'of any sort, where callers say who they are',
      'elsewhere.example',
      { callers: { authority: 'https://127.0.0.1:9', tenantIds: ['x'], audiences: ['x'] } },
      200,
    ],
  ] as const)('%s is accepted or refused as configured', async (_, host, config, status) => {
    const gateway = await startGateway({ config });
    const url = gateway.url.replace('0.0.0.0', '127.0.0.1');
    expect(await sendRaw(url, request('GET /healthz', [], '', host))).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  });

  it('is missing from a request that no page sends, and that is answered', async () => {
    const gateway = await startGateway();
    expect(await sendRaw(gateway.url, 'GET /healthz HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('is checked each time, whatever was accepted or refused before', async () => {
    const gateway = await startGateway();
    const statuses: (string | undefined)[] = [];
    for (const host of ['localhost', 'elsewhere.example', 'localhost', 'elsewhere.example', '127.0.0.1']) {
      // oxlint-disable-next-line no-await-in-loop -- in sequence, so that a cached result would show
      const answer = await sendRaw(gateway.url, request('GET /healthz', [], '', host));
      statuses.push(answer.split(' ')[1]);
    }
    expect(statuses).toEqual(['200', '421', '200', '421', '200']);
  });
});
