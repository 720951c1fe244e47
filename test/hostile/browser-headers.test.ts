import { describe, expect, it } from 'vitest';
import { addShortRecording, linkTo } from '../support/content.ts';
import { startGateway } from '../support/gateway.ts';
import type { TestGateway } from '../support/gateway.ts';

const NOTHING = "default-src 'none'";
const HTML = { accept: 'text/html' };
const JSON_TYPE = { 'content-type': 'application/json' };

/** A request, and where its response differs from the default. */
interface Row {
  readonly path: string | ((gateway: TestGateway) => Promise<string>);
  readonly init?: RequestInit;
  readonly status: number;
  readonly policy?: RegExp;
  readonly cacheControl?: string;
  readonly embedding?: string;
}

const post = (query: string): RequestInit => ({ method: 'POST', headers: JSON_TYPE, body: JSON.stringify({ query }) });

const ROWS: Readonly<Record<string, Row>> = {
  'the playground': {
    path: '/',
    init: { headers: HTML },
    status: 200,
    policy: /script-src 'sha256-/,
    cacheControl: 'no-cache',
  },
  'where GraphQL is': { path: '/', status: 200, cacheControl: 'no-cache' },
  'the viewer': {
    path: '/watch?organizer=a',
    init: { headers: HTML },
    status: 200,
    policy: /script-src 'self'/,
    cacheControl: 'no-cache',
  },
  'the way to the viewer': { path: '/watch', init: { redirect: 'manual' }, status: 302 },
  'a part of the viewer that there is not': { path: '/watch/assets/none.js', status: 404 },
  'an answer': { path: '/graphql', init: post('{ user(id: "a") { id } }'), status: 200 },
  'an answer to GET': { path: '/graphql?query=%7B__typename%7D', status: 200 },
  'an answer with errors': { path: '/graphql', init: post('{ nothing }'), status: 200 },
  'a persisted query that there is not': {
    path: '/graphql?extensions=%7B%22persistedQuery%22:%7B%22version%22:1,%22sha256Hash%22:%22a%22%7D%7D',
    status: 200,
    cacheControl: 'private, no-cache, must-revalidate',
  },
  events: {
    path: '/graphql?query=%7B__typename%7D',
    init: { headers: { accept: 'text/event-stream' } },
    status: 200,
    cacheControl: 'no-cache, no-transform',
  },
  'what is no request': { path: '/graphql', init: { method: 'POST', headers: JSON_TYPE, body: '{' }, status: 400 },
  'a form': { path: '/graphql', init: { method: 'POST', body: new URLSearchParams({ query: 'a' }) }, status: 415 },
  'a path where there is nothing': { path: '/nothing', status: 404 },
  'a path that is none': { path: '/%zz', status: 400 },
  health: { path: '/healthz', status: 200 },
  'a video': {
    path: async (gateway) => (await linkTo(gateway, addShortRecording(gateway))).slice(gateway.url.length),
    status: 200,
    policy: /media-src 'self'/,
    cacheControl: 'private, no-store, no-transform',
    embedding: 'cross-origin',
  },
  'a link that is none': {
    path: '/content/nothing',
    status: 403,
    policy: /media-src 'self'/,
    cacheControl: 'private, no-store, no-transform',
    embedding: 'cross-origin',
  },
  'the question of Graph': {
    path: '/notifications?validationToken=%3Cscript%3E',
    init: { method: 'POST' },
    status: 200,
  },
};

describe('The security headers of a response', () => {
  it.each(Object.entries(ROWS))('are set for %s', async (_, row) => {
    const gateway = await startGateway({ config: { playground: true, viewer: true } });
    const path = typeof row.path === 'string' ? row.path : await row.path(gateway);
    const { status, headers, body } = await fetch(`${gateway.url}${path}`, row.init ?? {});
    await body?.cancel();
    expect(status).toBe(row.status);
    expect(Object.fromEntries(headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': row.embedding ?? 'same-origin',
      'permissions-policy': expect.stringContaining('camera=(), '),
      'cache-control': row.cacheControl ?? 'no-store',
    });
    const policy = headers.get('content-security-policy')?.split('; ') ?? [];
    for (const directive of [NOTHING, "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"])
      expect(policy).toContain(directive);
    expect(policy.filter((directive) => row.policy?.test(directive))).toHaveLength(row.policy === undefined ? 0 : 1);
    expect(policy.length === 4).toBe(row.policy === undefined);
    expect(policy.join()).not.toMatch(/script-src[^,]*(unsafe|\*|https?:)/);
    // Browsers ignore this header over HTTP.
    expect(headers.get('strict-transport-security')).toBeNull();
  });

  it.each([
    ['https://gateway.example', 'max-age=31536000'],
    ['http://localhost:4000', null],
  ])('require HTTPS only if the public URL has it: %s', async (publicUrl, expected) => {
    const gateway = await startGateway({ config: { publicUrl } });
    for (const path of ['/healthz', '/%zz', '/nothing']) {
      const { headers } = await fetch(`${gateway.url}${path}`);
      expect(headers.get('strict-transport-security')).toBe(expected);
    }
  });
});
