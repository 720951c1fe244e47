import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Fault } from '../../src/emulator/faults/faults.ts';
import { createDrivenClock } from '../support/clock.ts';
import { startContent } from '../support/content.ts';
import type { Setting } from '../support/content.ts';
import { at } from '../support/gateway.ts';
import { startToldContent } from '../support/told-content.ts';

const CONTENT = { path: '/content' };
const GET_CONTENT = String.raw`^Microsoft Graph responded to GET /users/[^ ]+/content with`;

/** Longer than an operation may wait, so nothing is retried. */
const LATER = { retryAfterSeconds: 3_600 };

/** The faults of Graph, each with the resulting status, code, `Retry-After` and message. */
const FAILURES: readonly [Omit<Fault, 'match'>, number, string, string | null, string][] = [
  [
    { kind: 'status', status: 400 },
    502,
    'UPSTREAM_ERROR',
    null,
    `${GET_CONTENT} 400 \\(BadRequest: The request is malformed\\.\\)\\.$`,
  ],
  [
    { kind: 'status', status: 401 },
    502,
    'UPSTREAM_ERROR',
    null,
    `${GET_CONTENT} 401 \\(InvalidAuthenticationToken: .+\\)\\.$`,
  ],
  [{ kind: 'status', status: 401, claims: 'eyJhIjoxfQ==' }, 502, 'UPSTREAM_ERROR', null, `${GET_CONTENT} 401 .+$`],
  [
    { kind: 'status', status: 403 },
    403,
    'FORBIDDEN',
    null,
    `${GET_CONTENT} 403 \\(Forbidden: The request is not allowed\\.\\)\\.$`,
  ],
  [
    { kind: 'status', status: 404 },
    404,
    'NOT_FOUND',
    null,
    `${GET_CONTENT} 404 \\(NotFound: The requested resource does not exist\\.\\)\\.$`,
  ],
  [{ kind: 'status', status: 429, ...LATER }, 429, 'THROTTLED', '3600', `${GET_CONTENT} 429 \\(.+\\)\\.$`],
  [{ kind: 'status', status: 500 }, 503, 'UPSTREAM_UNAVAILABLE', null, `${GET_CONTENT} 500 \\(.+\\)\\.$`],
  [{ kind: 'status', status: 503, ...LATER }, 503, 'UPSTREAM_UNAVAILABLE', '3600', `${GET_CONTENT} 503 \\(.+\\)\\.$`],
  [{ kind: 'html' }, 502, 'UPSTREAM_ERROR', null, `${GET_CONTENT} "text/html; charset=utf-8" instead of a video\\.$`],
  [{ kind: 'wrongJson' }, 502, 'UPSTREAM_ERROR', null, `${GET_CONTENT} "application/json[^"]*" instead of a video\\.$`],
];

/** The headers of an error that could describe the content, and must not. */
function headersOf({ headers }: Response): unknown {
  return Object.fromEntries(
    ['cache-control', 'retry-after', 'etag', 'content-range', 'accept-ranges', 'content-disposition'].map((name) => [
      name,
      headers.get(name),
    ]),
  );
}

const onlyOfError = (retryAfter: string | null): unknown => ({
  'cache-control': 'private, no-store, no-transform',
  'retry-after': retryAfter,
  etag: null,
  'content-range': null,
  'accept-ranges': null,
  'content-disposition': null,
});

/** The error in a body; an empty one if there is no body. */
function errorIn(text: string): { message: string; extensions: Record<string, unknown> } {
  return text === '' ? { message: '', extensions: {} } : JSON.parse(text).errors[0];
}

describe.each<[string, string, Record<string, string>, string]>([
  ['the whole', 'GET', {}, 'whole'],
  ['a range', 'GET', { range: 'bytes=5-9' }, 'bytes=5-9'],
  ['several ranges', 'GET', { range: 'bytes=5-9,1000-1009' }, 'bytes=0-0'],
  ['the head', 'HEAD', {}, 'bytes=0-0'],
])('A request for %s of content that Graph does not deliver', (_, method, headers, asked) => {
  it('is answered with the status, the headers and the error for each fault', async () => {
    const setting: Setting = await startContent();
    for (const [fault, status, code, retryAfter, sentence] of FAILURES) {
      setting.forget();
      setting.gateway.emulator.fail({ ...fault, match: CONTENT });
      // oxlint-disable-next-line no-await-in-loop -- one gateway, one after the other
      const response = await fetch(setting.url, { method, headers });
      // oxlint-disable-next-line no-await-in-loop
      const text = await response.text();
      expect([fault, response.status, headersOf(response)]).toEqual([fault, status, onlyOfError(retryAfter)]);
      const { message, extensions } = errorIn(text);
      const isTold = method === 'HEAD' || (new RegExp(sentence).test(message) && extensions['code'] === code);
      expect([text, isTold]).toEqual([method === 'HEAD' ? '' : text, true]);
      expect(setting.asked()).toEqual([asked]);
    }
  });
});

describe('Content that Graph does not deliver', () => {
  it('in time is given up when the operation times out', async () => {
    const clock = createDrivenClock();
    const { gateway, url } = await startContent({ clock, config: { operationTimeoutMs: 5_000 } });
    const hold = gateway.emulator.hold(CONTENT);
    const asking = fetch(url, { headers: { range: 'bytes=0-9' } });
    await hold.arrived(1);
    clock.advance(5_000);
    const response = await asking;
    expect([response.status, at(await response.json(), 'errors.0.extensions.code')]).toEqual([504, 'UPSTREAM_TIMEOUT']);
    await expect.poll(() => gateway.emulator.requests.at(-1)?.aborted).toBe(true);
  });

  it.each([
    ['the whole', {}],
    ['a range', { range: 'bytes=5-9' }],
    ['several ranges', { range: 'bytes=5-9,1000-1009' }],
    ['a range of what is known', { range: 'bytes=5-9', 'if-range': '"unknown"' }],
  ])('is given up when the operation times out, even after the headers: %s', async (_, headers) => {
    const clock = createDrivenClock();
    const told = await startToldContent([{ stopsAfter: 0, stays: true }], { clock });
    const isOpen = /"request":"GET [^"]*\/content"[^}]*"outcome":20[06]/;
    const asking = fetch(told.url, { headers });
    await expect.poll(() => told.gateway.logged()).toMatch(isOpen);
    clock.advance(9_500);
    const response = await asking;
    expect([response.status, at(await response.json(), 'errors.0.extensions.code')]).toEqual([504, 'UPSTREAM_TIMEOUT']);
    // Every request to Graph made meanwhile is aborted.
    await told.broken(told.asked.length);
  });

  it.each(['bytes=-7', 'bytes=200000-', 'bytes=200000-200009,300000-300009'])(
    'in time, because it ignores the range %s and sends what precedes it, is waited for',
    async (range) => {
      const clock = createDrivenClock();
      const sent = Promise.withResolvers<void>();
      const told = await startToldContent([{ ranges: false, stopsAfter: 100_000, restAfter: sent.promise }], { clock });
      const asking = fetch(told.url, { headers: { range } });
      // The requests for the content, of which two are for several ranges, and the one for the name of the file.
      const requests = range.includes(',') ? 3 : 2;
      const ended = /"request":"GET [^"]*\/onlineMeetings\/(?:[^"/]*|[^"]*\/content)"[^}]*"outcome":200/g;
      await expect.poll(() => told.gateway.logged().match(ended)).toHaveLength(requests);
      await setImmediate();
      clock.advance(9_500);
      sent.resolve();
      const response = await asking;
      expect([response.status, (await response.arrayBuffer()).byteLength]).toEqual([
        206,
        Number(response.headers.get('content-length')),
      ]);
    },
  );

  it('at once is requested again after a short Retry-After', async () => {
    const clock = createDrivenClock();
    const setting = await startContent({ clock });
    const { gateway, url, whole } = setting;
    gateway.emulator.fail({ kind: 'status', status: 429, retryAfterSeconds: 2, match: CONTENT });
    const asking = fetch(url);
    await clock.waiting(2_000);
    clock.advance(2_000);
    expect((await (await asking).arrayBuffer()).byteLength).toBe(whole.length);
    expect(setting.asked()).toEqual(['whole', 'whole']);
  });

  it.each([undefined, 'bytes=5-', 'bytes=-5'])(
    'beyond the headers is answered with 503, without headers of the content: %s',
    async (range) => {
      const told = await startToldContent([{ stopsAfter: 0 }]);
      const response = await fetch(told.url, { headers: range === undefined ? {} : { range } });
      expect([response.status, at(await response.json(), 'errors.0.extensions.code')]).toEqual([
        503,
        'UPSTREAM_UNAVAILABLE',
      ]);
      expect(response.headers.get('content-range')).toBe(null);
      expect(response.headers.get('etag')).toBe(null);
      expect(response.headers.get('content-type')).toContain('application/json');
      expect(told.gateway.logged()).not.toContain('unexpected error');
    },
  );

  it('because it is empty is answered without bytes, and with 416 for a range', async () => {
    const { gateway, url } = await startToldContent([{ whole: Buffer.alloc(0), ranges: false }]);
    const response = await fetch(url);
    expect([response.status, response.headers.get('content-length'), await response.text()]).toEqual([200, '0', '']);
    const beyond = await fetch(url, { headers: { range: 'bytes=0-' } });
    expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, 'bytes */0']);
    expect(gateway.logged()).not.toContain('unexpected error');
  });
});
