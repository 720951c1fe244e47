/** Refused WebSocket upgrades: like all other refusals, they have an error, a request id and security headers. */
import { describe, expect, it } from 'vitest';
import { startGateway } from '../support/gateway.ts';
import { sendRaw } from '../support/raw.ts';

const KEY = `sec-websocket-key: ${Buffer.alloc(16).toString('base64')}`;
const VERSION = 'sec-websocket-version: 13';
const OWN = 'host: localhost';

/** A raw request for a WebSocket. */
function upgrade(headers: readonly string[], path = '/graphql', method = 'GET'): string {
  const all = ['connection: upgrade', 'upgrade: websocket', ...headers];
  return [`${method} ${path} HTTP/1.1`, ...all, '', ''].join('\r\n');
}

interface Refusal {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

function read(bytes: string): Refusal {
  const [head = '', body = ''] = bytes.split('\r\n\r\n', 2);
  const [line = '', ...lines] = head.split('\r\n');
  const headers = lines.map((each): [string, string] => {
    const [name = '', ...value] = each.split(': ');
    return [name, value.join(': ')];
  });
  return { status: Number(line.split(' ')[1]), headers: new Headers(headers), body: JSON.parse(body) };
}

const ELSEWHERE = 'origin: https://elsewhere.example';

describe('A refused WebSocket', () => {
  it.each<[string, string, number, string]>([
    ['at another path', upgrade([OWN, VERSION, KEY], '/nowhere?secret=1'), 404, 'This path does not exist'],
    ['under a foreign name', upgrade(['host: a.example', VERSION, KEY]), 421, 'does not accept the name'],
    ['from a page of another site', upgrade([OWN, VERSION, KEY, ELSEWHERE]), 403, 'from this origin are not allowed'],
    ['of another version', upgrade([OWN, 'sec-websocket-version: 7', KEY]), 400, 'Sec-WebSocket-Version'],
    ['without a key', upgrade([OWN, VERSION]), 400, 'Sec-WebSocket-Key'],
    ['by POST', upgrade([OWN, VERSION, KEY, 'content-length: 0'], '/graphql', 'POST'), 405, 'Invalid HTTP method'],
  ])('%s has an error and the headers of every response', async (_, bytes, status, sentence) => {
    const gateway = await startGateway({ config: { publicUrl: 'https://gateway.example' } });
    const answer = read(await sendRaw(gateway.url, bytes));
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual({
      errors: [{ message: expect.stringContaining(sentence), extensions: { code: 'BAD_REQUEST' } }],
    });
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
      'content-type': 'application/json; charset=utf-8',
      'strict-transport-security': expect.any(String),
      'x-content-type-options': 'nosniff',
    });
    expect(gateway.logged()).toContain(answer.headers.get('x-request-id'));
    expect(gateway.logged()).not.toContain('secret');
  });

  it('keeps the request id of its client', async () => {
    const gateway = await startGateway();
    const answer = read(await sendRaw(gateway.url, upgrade([OWN, VERSION, KEY, 'x-request-id: mine'], '/nowhere')));
    expect(answer.headers.get('x-request-id')).toBe('mine');
    expect(gateway.logged()).toContain('"requestId":"mine"');
  });

  it('names the supported version and method', async () => {
    const { url } = await startGateway();
    const { headers } = read(await sendRaw(url, upgrade([OWN, KEY])));
    expect(headers.get('sec-websocket-version')).toBe('13');
    const byPost = read(await sendRaw(url, upgrade([OWN, VERSION, KEY, 'content-length: 0'], '/graphql', 'POST')));
    expect(byPost.headers.get('allow')).toBe('GET');
  });
});
