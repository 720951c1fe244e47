import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { demoOrganizerId } from '../../src/graphql/example-operations.ts';
import { createApp } from '../../src/http/app.ts';
import { registerViewer } from '../../src/http/pages/viewer.ts';
import { startGateway } from '../support/gateway.ts';

const PAGE = '<!doctype html><title>Recordings</title>';

/** Writes the output of a build: a page, and files whose names change with their content. */
function build(): string {
  const folder = mkdtempSync(join(tmpdir(), 'viewer-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), PAGE);
  writeFileSync(join(folder, 'assets', 'index-1a2b.js'), 'console.log(1);'.repeat(100));
  writeFileSync(join(folder, 'assets', 'index-1a2b.css'), 'a{}');
  return folder;
}

/** Starts a server with only the viewer, and resolves with a way to fetch from it. */
async function open(folder: string, demo: string | null = null) {
  const app = createApp(pino({ level: 'silent' }), systemClock);
  onTestFinished(() => app.close());
  registerViewer(app, { folder, contentOrigins: () => ['https://content.example'], demoOrganizerId: demo });
  const origin = await app.listen({ host: '127.0.0.1', port: 0 });
  return (path: string, headers: Record<string, string> = {}) =>
    fetch(`${origin}${path}`, { headers, redirect: 'manual' });
}

describe('The endpoint of the viewer', () => {
  it.each([
    ['', '/watch'],
    ['?organizer=somebody&at=%2F', '/watch?organizer=somebody&at=%2F'],
  ])('redirects its path with a trailing slash to the one without (%s)', async (search, to) => {
    const response = await (await open(build()))(`/watch/${search}`);
    expect([response.status, response.headers.get('location')]).toEqual([302, to]);
  });

  it('serves the page, to be revalidated each time, with a policy for media from where links lead', async () => {
    const get = await open(build());

    const response = await get('/watch?organizer=somebody');

    expect(response.status).toBe(200);
    expect(await response.text()).toBe(PAGE);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      vary: 'accept-encoding',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
    expect(response.headers.get('content-security-policy')?.split('; ')).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "connect-src 'self' https://content.example",
      "media-src 'self' https://content.example",
      "img-src 'self' data:",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ]);
  });

  it.each([
    ['index-1a2b.js', 'text/javascript; charset=utf-8'],
    ['index-1a2b.css', 'text/css; charset=utf-8'],
  ])('serves %s as immutable', async (name, type) => {
    const get = await open(build());

    const { headers, status } = await get(`/watch/assets/${name}`);

    expect(status).toBe(200);
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': type,
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
    });
  });

  it.each(['index-0000.js', '..%2findex.html', '..%2f..%2fpackage.json'])('answers 404 for %s', async (name) => {
    const get = await open(build());
    const response = await get(`/watch/assets/${name}`);
    expect(response.status).toBe(404);
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it('compresses for clients that accept gzip, and sends the same to others', async () => {
    const get = await open(build());
    const asked = ['br, gzip', 'identity', 'gzip;q=0', 'gzip;q=0.5'].map((encoding) =>
      get('/watch/assets/index-1a2b.js', { 'accept-encoding': encoding }),
    );

    const responses = await Promise.all(asked);

    expect(responses.map(({ headers }) => headers.get('content-encoding'))).toEqual(['gzip', null, null, 'gzip']);
    expect(new Set(await Promise.all(responses.map((response) => response.text()))).size).toBe(1);
  });

  it('answers 304 if the browser has the page', async () => {
    const get = await open(build());
    const etag = (await get('/watch')).headers.get('etag') ?? '';

    const [again, other] = await Promise.all(
      [etag, 'W/"another"'].map((known) => get('/watch', { 'if-none-match': known })),
    );

    expect(again?.status).toBe(304);
    expect(await again?.text()).toBe('');
    expect(other?.status).toBe(200);
  });

  it('redirects to the organizer of the demo, if there is one and none is named', async () => {
    const get = await open(build(), demoOrganizerId);

    const [nobody, somebody] = await Promise.all([get('/watch'), get('/watch?organizer=somebody')]);

    expect([nobody.status, nobody.headers.get('location')]).toEqual([302, `/watch?organizer=${demoOrganizerId}`]);
    expect(somebody.status).toBe(200);
  });

  it('says how to build the viewer if it is not built', async () => {
    const get = await open(join(tmpdir(), 'nowhere-at-all'));

    const response = await get('/watch');

    expect(response.status).toBe(404);
    expect(await response.text()).toContain('npm ci');
  });

  it.each([
    [true, 200],
    [false, 404],
  ])('serves the viewer only if it is on: %s', async (viewer, status) => {
    const gateway = await startGateway({ config: { viewer } });
    expect((await fetch(`${gateway.url}/watch?organizer=somebody`)).status).toBe(status);
  });
});
