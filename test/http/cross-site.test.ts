import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { startGateway } from '../support/gateway.ts';
import type { TestGateway } from '../support/gateway.ts';

const FRIEND = 'https://player.contoso.example';
const STRANGER = 'https://elsewhere.example';
const EXPOSED = 'accept-ranges, content-range, etag, retry-after, www-authenticate, x-request-id';
const MEETING = '{ onlineMeeting(organizerId: "a", id: "b") { subject } }';

type Headers = Readonly<Record<string, string>>;

function start(): Promise<TestGateway> {
  return startGateway({ config: { corsOrigins: [FRIEND, 'http://localhost:5173'] } });
}

function get(gateway: TestGateway, headers: Headers): Promise<Response> {
  return fetch(`${gateway.url}/graphql?query=${encodeURIComponent(MEETING)}`, { headers });
}

/** What a page can send to another site without a preflight: https://fetch.spec.whatwg.org/#cors-safelisted-request-header */
const SIMPLE_BODIES: [string, Headers, string][] = [
  ['text/plain', { 'content-type': 'text/plain' }, JSON.stringify({ query: MEETING })],
  ['text/plain that says JSON', { 'content-type': 'text/plain; application/json' }, JSON.stringify({ query: MEETING })],
  [
    'application/x-www-form-urlencoded',
    { 'content-type': 'application/x-www-form-urlencoded' },
    String(new URLSearchParams({ query: MEETING })),
  ],
  [
    'multipart/form-data',
    { 'content-type': 'multipart/form-data; boundary=x' },
    `--x\r\ncontent-disposition: form-data; name="query"\r\n\r\n${MEETING}\r\n--x--\r\n`,
  ],
];

describe('A POST that any page could send', () => {
  it.each(SIMPLE_BODIES)('is refused when it is %s', async (_, headers, body) => {
    const gateway = await start();
    const response = await fetch(`${gateway.url}/graphql`, { method: 'POST', headers, body });
    expect(response.status).toBe(415);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
    expect(gateway.requests()).toEqual([]);
  });

  it.each([
    ['with a body', new TextEncoder().encode(JSON.stringify({ query: MEETING }))],
    ['without one', undefined],
  ])('is refused when it has no content-type, %s', async (_, body) => {
    const gateway = await start();
    const url = `${gateway.url}/graphql?query=${encodeURIComponent(MEETING)}`;
    const response = await fetch(url, { method: 'POST', ...(body === undefined ? {} : { body }) });
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    expect([400, 415]).toContain(response.status);
    expect(gateway.requests()).toEqual([]);
  });
});

describe('A GET', () => {
  it.each<[string, Headers]>([
    ['of a page elsewhere', { origin: STRANGER }],
    ['of a page without an origin', { origin: 'null' }],
    [
      'of a page of another site that claims to be from the same site',
      { origin: STRANGER, 'sec-fetch-site': 'same-origin' },
    ],
    ['of a page whose origin only begins like one of ours', { origin: `${FRIEND}.elsewhere.example` }],
    ['of a page on another port of this host', { origin: 'http://127.0.0.1:1', 'sec-fetch-site': 'same-site' }],
    ['of an image or a link elsewhere', { 'sec-fetch-site': 'cross-site' }],
    ['of an image or a link on a neighbouring host', { 'sec-fetch-site': 'same-site' }],
    ['of something that no browser sends', { 'sec-fetch-site': 'anything' }],
  ])('%s is refused', async (_, headers) => {
    const gateway = await start();
    const response = await get(gateway, headers);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
    expect(gateway.requests()).toEqual([]);
  });

  it.each<[string, Headers]>([
    ['that no browser sends', {}],
    ['of a page of the gateway itself', { 'sec-fetch-site': 'same-origin' }],
    ['that a person has typed', { 'sec-fetch-site': 'none' }],
    ['of a page of a configured origin', { origin: FRIEND, 'sec-fetch-site': 'cross-site' }],
    ['of a page of another configured origin', { origin: 'http://localhost:5173' }],
  ])('%s is answered', async (_, headers) => {
    const gateway = await start();
    const response = await get(gateway, headers);
    expect(await response.json()).toEqual({ data: { onlineMeeting: null } });
    expect(gateway.requests()).toHaveLength(1);
  });

  it('of a page of the gateway itself that sends its origin is answered', async () => {
    const gateway = await start();
    const response = await get(gateway, { origin: gateway.url });
    expect(await response.json()).toEqual({ data: { onlineMeeting: null } });
  });

  it('of a page at PUBLIC_URL is answered, also where a proxy has replaced the host', async () => {
    const gateway = await startGateway({ config: { publicUrl: 'https://recordings.example.com' } });
    const response = await get(gateway, { origin: 'https://recordings.example.com' });
    expect(await response.json()).toEqual({ data: { onlineMeeting: null } });
    const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
      origin: 'https://recordings.example.com',
    });
    onTestFinished(() => socket.terminate());
    await once(socket, 'open');
  });
});

function corsHeaders(response: Response): [string, string][] {
  return [...response.headers].filter(([name]) => name.startsWith('access-control-'));
}

function preflight(gateway: TestGateway, origin: string): Promise<Response> {
  return fetch(`${gateway.url}/graphql`, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type',
    },
  });
}

const REFUSAL = {
  errors: [
    {
      message: 'Requests from this origin are not allowed. The operator can allow the origin in CORS_ORIGINS.',
      extensions: { code: 'BAD_REQUEST' },
    },
  ],
};

describe('A preflight', () => {
  it('of a configured origin is allowed the methods and headers of GraphQL', async () => {
    const response = await preflight(await start(), FRIEND);
    expect(response.status).toBe(204);
    expect(Object.fromEntries(corsHeaders(response))).toEqual({
      'access-control-allow-headers': 'authorization,content-type',
      'access-control-allow-methods': 'GET,HEAD,POST',
      'access-control-allow-origin': FRIEND,
      'access-control-expose-headers': EXPOSED,
      'access-control-max-age': '600',
    });
    expect(response.headers.get('vary')).toContain('Origin');
  });

  it.each([STRANGER, 'null', '*', `${FRIEND}.elsewhere.example`, FRIEND.toUpperCase()])(
    'of %s is refused with a hint at CORS_ORIGINS',
    async (origin) => {
      const response = await preflight(await start(), origin);
      expect(response.status).toBe(403);
      expect(corsHeaders(response)).toEqual([]);
      expect(await response.json()).toEqual(REFUSAL);
    },
  );

  it('is refused if no origin is configured, with a hint at CORS_ORIGINS', async () => {
    const response = await preflight(await startGateway(), FRIEND);
    expect(response.status).toBe(403);
    expect(corsHeaders(response)).toEqual([]);
    expect(await response.json()).toEqual(REFUSAL);
  });
});

describe('An answer', () => {
  it.each([
    [
      FRIEND,
      [
        ['access-control-allow-origin', FRIEND],
        ['access-control-expose-headers', EXPOSED],
      ],
    ],
    [STRANGER, []],
    ['null', []],
  ])('to a page of %s may be read by it only if its origin is configured', async (origin, expected) => {
    const gateway = await start();
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { origin, 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ __typename }' }),
    });
    expect(corsHeaders(response)).toEqual(expected);
    // A cache must not give one origin's answer to another.
    expect(response.headers.get('vary')).toContain('Origin');
  });
});
