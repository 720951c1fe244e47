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
  'more headers than there is room for': [request('GET /graphql', [`x: ${'a'.repeat(20_000)}`]), 431, 'at most 16 KiB'],
  'very many headers': [
    request(
      'GET /graphql',
      Array.from({ length: 5_000 }, () => 'a:b'),
    ),
    431,
    'at most 16 KiB',
  ],
  'an address of very many letters': [request(`GET /graphql?query=${'a'.repeat(20_000)}`, []), 431, 'at most 16 KiB'],
  'two lengths': [
    post([JSON_TYPE, 'content-length: 26', 'content-length: 27'], QUERY),
    400,
    'Expected a request of HTTP',
  ],
  'a length and chunks': [
    post([JSON_TYPE, 'content-length: 26', 'transfer-encoding: chunked'], `0\r\n\r\n${QUERY}`),
    400,
    'Expected a request of HTTP',
  ],
  'chunks that are none': [
    post([JSON_TYPE, 'transfer-encoding: chunked'], 'zz\r\n'),
    400,
    'Expected a request of HTTP',
  ],
  'chunks that say more than they hold': [
    post([JSON_TYPE, 'transfer-encoding: chunked'], `1;${'a'.repeat(20_000)}\r\n{\r\n`),
    413,
    'say far more about themselves',
  ],
  'a header that is none': [request('GET /graphql', ['no colon']), 400, 'Expected a request of HTTP'],
  'a header with a break in it': [request('GET /graphql', ['x: a\rb: c']), 400, 'Expected a request of HTTP'],
  'another protocol': ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400, 'Expected a request of HTTP'],
  'no HTTP at all': ['\u0016\u0003\u0001\u0002\u0000\u0001', 400, 'Expected a request of HTTP'],
  'a method that there is not': [request('TRACE /graphql', []), 404, 'There is nothing at this path for TRACE'],
  'a method in a header': [
    request('GET /graphql?query=mutation%7Ba%7D', ['x-http-method-override: POST']),
    405,
    'Expected a query, because a GET changes nothing, but a mutation came.',
  ],
  'a body that is a bomb': [
    post([JSON_TYPE, 'content-encoding: gzip', lengthOf(BOMB)], BOMB),
    415,
    'takes no compression',
  ],
  'a form': [
    post(['content-type: application/x-www-form-urlencoded', lengthOf('query=a')], 'query=a'),
    415,
    'Expected a body of JSON',
  ],
  'a form that says it is JSON': [
    post(['content-type: text/plain', lengthOf(QUERY)], QUERY),
    415,
    'Expected a body of JSON',
  ],
  'a query that a page of another site sends': [
    request('GET /graphql?query=%7B__typename%7D', ['origin: https://elsewhere.example']),
    400,
    'no page of another site can send unasked',
  ],
  'two queries in one address': [
    request('GET /graphql?query=%7Ba%7D&query=%7Bb%7D', []),
    400,
    'once in the query string, but it came several times.',
  ],
  'a name of its own': [
    request('GET /graphql?query=%7B__typename%7D', [], '', 'attacker.example'),
    421,
    'does not go by the name in the header',
  ],
  'a name that only begins like ours': [request('GET /', [], '', 'localhost.attacker.example'), 421, 'does not go by'],
  'a name with a name before it': [request('GET /', [], '', '127.0.0.1@attacker.example'), 421, 'does not go by'],
  'a name that is none': [request('GET /', [], '', 'a b'), 421, 'does not go by'],
  'a method that this path has not': [request('PUT /healthz', []), 404, 'There is nothing at this path for PUT'],
  'a way out of the path': [request('GET /watch/../../etc/passwd', []), 404, 'There is nothing at this path'],
  'a way out of the path, encoded': [request('GET /watch/assets/..%2f..%2fpackage.json', []), 404, 'There is nothing'],
  'a way around the path': [request('GET //graphql?query=%7B__typename%7D', []), 404, 'There is nothing at this path'],
  'a path that ends early': [
    request('GET /graphql%00?query=%7B__typename%7D', []),
    404,
    'There is nothing at this path',
  ],
  'a path that is none': [request('GET /%zz', []), 400, 'well-formed percent-encoding'],
  'a link that is made up': [
    request('GET /content/..%2f..%2fgraphql', []),
    403,
    'This link is incomplete or was modified.',
  ],
  'a link of very many letters': [
    request(`GET /content/${'A'.repeat(12_000)}`, []),
    403,
    'This link was created by another',
  ],
  'very many objects': [
    post([JSON_TYPE, `content-length: ${MANY_OBJECTS.length}`], MANY_OBJECTS),
    400,
    'Expected at most 10000 objects and lists in JSON, but more came.',
  ],
  'a notification larger than any': [
    post([JSON_TYPE, `content-length: ${2 * 1_024 * 1_024}`], '{', '/notifications'),
    413,
    '',
  ],
  'a token that is no token': [
    post([JSON_TYPE, lengthOf('{}')], '{}', `/notifications?validationToken=${'a'.repeat(3_000)}`),
    400,
    'Expected one validationToken of at most 2048 characters',
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
    ['that is another', 'elsewhere.example', { publicUrl: 'https://gateway.example' }, 421],
    ['of any sort, where every address is listened to', 'elsewhere.example', { host: '0.0.0.0' }, 200],
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
