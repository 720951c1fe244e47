import { describe, expect, it } from 'vitest';
import { addShortRecording, linkTo, startContent } from '../support/content.ts';
import type { Setting } from '../support/content.ts';
import { startGateway } from '../support/gateway.ts';

/** The ways in which Graph may give content. */
const GRAPHS = [
  ['honours ranges', {}],
  ['takes no notice of ranges', { ranges: false }],
  ['sends on to a storage host', { contentRedirect: true }],
  ['sends on to a storage host that takes no notice of ranges', { contentRedirect: true, ranges: false }],
] as const;

async function get({ url }: Setting, headers: Record<string, string> = {}): Promise<[Response, Buffer]> {
  const response = await fetch(url, { headers });
  return [response, Buffer.from(await response.arrayBuffer())];
}

/** The parts of a `multipart/byteranges` body: the range and the bytes of each. */
function partsOf(response: Response, body: Buffer): [string, string][] {
  const boundary = /^multipart\/byteranges; boundary=(.+)$/.exec(response.headers.get('content-type') ?? '')?.[1] ?? '';
  const text = body.toString('latin1');
  expect(text.endsWith(`\r\n--${boundary}--\r\n`)).toBe(true);
  return text
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((part) => {
      const end = part.indexOf('\r\n\r\n');
      const head = part.slice(0, end);
      expect(head).toContain('content-type: video/mp4');
      return [/content-range: (.+)/.exec(head)?.[1] ?? '', part.slice(end + 4, -2)];
    });
}

/** The status and headers of a response. */
function told({ headers, status }: Response): unknown[] {
  return [
    status,
    ...['content-type', 'content-length', 'accept-ranges', 'etag', 'content-disposition', 'cache-control'].map((name) =>
      headers.get(name),
    ),
  ];
}

describe.each(GRAPHS)('Content, where Graph %s', (_, settings) => {
  const honoursRanges = !('ranges' in settings);

  it('is answered whole, with its size, its type and security headers', async () => {
    const setting = await startContent({ settings });
    const [response, body] = await get(setting);
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'video/mp4',
      'content-length': String(setting.whole.length),
      'accept-ranges': 'bytes',
      'cache-control': 'private, no-store, no-transform',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'cross-origin',
    });
    expect(body.subarray(4, 8).toString()).toBe('ftyp');
    expect(body.equals(setting.whole)).toBe(true);
    expect(setting.asked()).toEqual(['whole']);
  });

  it.each([
    ['bytes=0-9', 0, 10],
    ['bytes=100-', 100, undefined],
    ['bytes=-7', -7, undefined],
    ['bytes=-999999999999', 0, undefined],
    ['bytes=50-99999999999999999999', 50, undefined],
    ['bytes=0-0', 0, 1],
    ['Bytes = 3-5', 3, 6],
    // Nearly touching ranges become one.
    ['bytes=20-29,0-9,,5-15', 0, 30],
  ])('is answered with the range %s', async (range, start, end) => {
    const setting = await startContent({ settings });
    const { length } = setting.whole;
    const expected = setting.whole.subarray(start, end);
    const [response, body] = await get(setting, { range });
    const first = start < 0 ? length + start : start;
    expect(response.status).toBe(206);
    expect(response.headers.get('content-range')).toBe(`bytes ${first}-${first + expected.length - 1}/${length}`);
    expect(response.headers.get('content-length')).toBe(String(expected.length));
    expect(body.equals(expected)).toBe(true);
  });

  it('is answered with several ranges in the requested order, or ascending if Graph ignores ranges', async () => {
    const setting = await startContent({ settings });
    const { whole } = setting;
    const { length } = whole;
    const [response, body] = await get(setting, { range: `bytes=5000-5009,0-3,-2,${length}-` });
    expect(response.status).toBe(206);
    expect(response.headers.get('content-length')).toBe(String(body.length));
    const parts = [
      [`bytes 5000-5009/${length}`, whole.toString('latin1', 5_000, 5_010)],
      [`bytes 0-3/${length}`, whole.toString('latin1', 0, 4)],
      [`bytes ${length - 2}-${length - 1}/${length}`, whole.toString('latin1', length - 2)],
    ];
    const [first, second, third] = parts;
    expect(partsOf(response, body)).toEqual(honoursRanges ? parts : [second, first, third]);
    expect(setting.asked()).toEqual(
      honoursRanges
        ? ['bytes=0-0', 'bytes=5000-5009', 'bytes=0-3', `bytes=${length - 2}-${length - 1}`]
        : ['bytes=0-0', 'whole'],
    );
  });

  it.each(['bytes=99999999-', 'bytes=-0', 'bytes=99999999-,-0', 'bytes=99999999-999999999'])(
    'is refused for the range %s with 416 and its size',
    async (range) => {
      const setting = await startContent({ settings });
      const [response] = await get(setting, { range });
      expect(response.status).toBe(416);
      expect(response.headers.get('content-range')).toBe(`bytes */${setting.whole.length}`);
    },
  );

  it.each([
    'lines=0-9',
    'bytes=9-3',
    'bytes=-',
    'bytes=',
    'bytes',
    'bytes=0-9;1-2',
    'bytes=0x0-9',
    'bytes=0-9,a',
    'bytes=0-1,300-301,600-601,900-901,1200-1201,1500-1501,1800-1801,2100-2101,2400-2401,2700-2701,3000-3001',
  ])('is answered whole, ignoring the range %s', async (range) => {
    const setting = await startContent({ settings });
    const [response, body] = await get(setting, { range });
    expect(response.status).toBe(200);
    expect(body.equals(setting.whole)).toBe(true);
    expect(setting.asked()).toEqual(['whole']);
  });

  it('is answered with a range only if If-Range is its current ETag', async () => {
    const setting = await startContent({ settings });
    const [{ headers }] = await get(setting, { range: 'bytes=0-0' });
    const etag = headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[\w-]{22}"$/);
    setting.forget();
    const [same] = await get(setting, { range: 'bytes=5-', 'if-range': etag });
    expect(same.status).toBe(206);
    expect(setting.asked()).toEqual(['bytes=5-']);
    const [beyond] = await get(setting, { range: 'bytes=99999999-', 'if-range': etag });
    expect(beyond.status).toBe(416);
    for (const other of ['"another"', `W/${etag}`, new Date(0).toUTCString(), '']) {
      // oxlint-disable-next-line no-await-in-loop -- one gateway, one after the other
      const [changed, body] = await get(setting, { range: 'bytes=5-', 'if-range': other });
      expect([other, changed.status, body.length]).toEqual([other, 200, setting.whole.length]);
    }
    const [without] = await get(setting, { 'if-range': '"another"' });
    expect(without.status).toBe(200);
  });

  it.each(['GET', 'HEAD'])('is not sent to a %s whose If-None-Match names its current ETag', async (method) => {
    const setting = await startContent({ settings });
    const etag = (await fetch(setting.url, { method: 'HEAD' })).headers.get('etag') ?? '';
    setting.forget();
    for (const known of [etag, `"another", W/${etag}`, '*']) {
      // oxlint-disable-next-line no-await-in-loop -- one gateway, one after the other
      const same = await fetch(setting.url, { method, headers: { 'if-none-match': known } });
      // oxlint-disable-next-line no-await-in-loop -- likewise
      expect([known, same.status, await same.text(), same.headers.get('etag')]).toEqual([known, 304, '', etag]);
      expect(same.headers.get('cache-control')).toBe('private, no-store, no-transform');
    }
    expect(setting.asked()).toHaveLength(3);
    const changed = await fetch(setting.url, { method, headers: { 'if-none-match': '"another"' } });
    expect(changed.status).toBe(200);
    expect(changed.headers.get('content-length')).toBe(String(setting.whole.length));
    const beyond = { range: 'bytes=99999999-', 'if-none-match': etag };
    expect((await fetch(setting.url, { method, headers: beyond })).status).toBe(method === 'GET' ? 416 : 304);
  });

  it('has the same status and headers for HEAD as for GET', async () => {
    const setting = await startContent({ settings });
    const [whole] = await get(setting);
    setting.forget();
    const head = await fetch(setting.url, { method: 'HEAD', headers: { range: 'bytes=0-9' } });
    expect(told(head)).toEqual(told(whole));
    expect(setting.asked()).toEqual(['bytes=0-0']);
  });
});

describe('Content whose size Graph does not tell', () => {
  it.each([
    ['bytes=0-9', true, 206, 10],
    ['bytes=0-9', false, 200, null],
    ['bytes=0-9,5000-5001', true, 200, null],
    [undefined, true, 200, null],
  ])(
    'is answered with a single range if Graph honors it, else whole: range %s, honored: %s',
    async (range, ranges, status, bytes) => {
      const setting = await startContent({ settings: { contentSize: false, ranges } });
      const [response, body] = await get(setting, range === undefined ? {} : { range });
      expect(response.status).toBe(status);
      expect(body.equals(setting.whole.subarray(0, bytes ?? undefined))).toBe(true);
      expect(response.headers.get('content-range')).toBe(status === 206 ? 'bytes 0-9/*' : null);
      expect(response.headers.get('accept-ranges')).toBe('none');
    },
  );
});

describe('The requests to Graph for content', () => {
  it('are one for each range, and one for the meeting that names the file', async () => {
    const gateway = await startGateway();
    const url = await linkTo(gateway, addShortRecording(gateway));
    gateway.emulator.clearRequests();
    for (const range of ['bytes=0-9', 'bytes=100-199', 'bytes=-5']) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other, as a player does
      await fetch(url, { headers: { range } });
    }
    const last = gateway.paths().map((path) => /[^/]+$/.exec(path)?.[0]);
    const meeting = encodeURIComponent(gateway.emulator.tenant.recordings.at(-1)?.meetingId ?? '');
    expect(last).toHaveLength(4);
    expect(new Set(last)).toEqual(new Set([meeting, 'content']));
  });
});

describe('Links to content', () => {
  it.each([
    ['0.0.0.0', null, true],
    ['0.0.0.0', 'https://gateway.example', false],
    ['127.0.0.1', null, false],
  ])('cause a warning if the address is unknown: HOST %s, PUBLIC_URL %s: %s', async (host, publicUrl, isWarned) => {
    const gateway = await startGateway({ config: { host, publicUrl } });
    expect(gateway.logged().includes('PUBLIC_URL is not set')).toBe(isWarned);
    expect(await linkTo(gateway, addShortRecording(gateway))).toMatch(`${publicUrl ?? gateway.url}/content/`);
  });
});
