import { describe, expect, it } from 'vitest';
import { startContent } from '../support/content.ts';
import type { Setting } from '../support/content.ts';
import { WHOLE, startToldContent } from '../support/told-content.ts';
import type { Giving } from '../support/told-content.ts';

const { length } = WHOLE;

/** Reads the response from a URL; calls `begun` when its headers have arrived. */
async function get(url: string, range?: string, begun = (): void => {}): Promise<Buffer> {
  const response = await fetch(url, { headers: range === undefined ? {} : { range } });
  begun();
  return Buffer.from(await response.arrayBuffer());
}

/** The first and the last byte of a requested range. */
function rangeOf(asked: string | undefined): number[] {
  return (/^bytes=(\d+)-(\d+)?$/.exec(asked ?? '') ?? []).slice(1).map(Number);
}

/** The parts of a multipart body, joined without their headers. */
function joined(body: Buffer): string {
  return body
    .toString('latin1')
    .split(/\r\n--[^\r]+--\r\n$|(?:\r\n|^)--[^\r]+\r\n(?:[^\r]+\r\n)+\r\n/)
    .join('');
}

// Shorter than the response timeout of Graph: a connection closed by then was closed by the gateway.
describe('Content that breaks off at Graph', { timeout: 7_000 }, () => {
  it.each([
    ['directly', {}, '/content'],
    ['from a storage host', { contentRedirect: true }, '/download/'],
    ['from a storage host that breaks off only at Graph', { contentRedirect: true }, '/content'],
  ] as const)('is resumed where it broke off when it comes %s', async (_, settings, path) => {
    const setting: Setting = await startContent({ settings });
    const { gateway, whole, url } = setting;
    gateway.emulator.fail({ kind: 'cut', match: { path } });
    expect((await get(url)).equals(whole)).toBe(true);
    setting.forget();
    gateway.emulator.fail({ kind: 'reset', match: { path } });
    expect((await get(url, 'bytes=100-')).equals(whole.subarray(100))).toBe(true);
    gateway.emulator.fail({ kind: 'truncated', match: { path } });
    expect((await get(url, 'bytes=100-')).equals(whole.subarray(100))).toBe(true);
  });

  it.each<[string, string | undefined, string, number, number]>([
    ['the whole content', undefined, 'whole', 0, length],
    ['the whole content as a range', 'bytes=0-', 'bytes=0-', 0, length],
    ['a range', 'bytes=1000-299999', 'bytes=1000-299999', 1_000, 300_000],
    ['a rest', 'bytes=1000-', 'bytes=1000-', 1_000, length],
    ['the last bytes', 'bytes=-300000', 'bytes=-300000', length - 300_000, length],
  ])('is resumed from the exact byte of %s', async (_, range, asked, first, end) => {
    const { promise: until, resolve } = Promise.withResolvers<void>();
    const told = await startToldContent([{ stopsAfter: 200_000, until }, {}]);
    expect((await get(told.url, range, resolve)).equals(WHOLE.subarray(first, end))).toBe(true);
    expect(told.asked[0]).toBe(asked);
    const [from = 0, last] = rangeOf(told.asked[1]);
    expect(from).toBeGreaterThan(first);
    expect(from).toBeLessThanOrEqual(first + 200_000);
    expect([last, told.asked.length]).toEqual([end - 1, 2]);
  });

  it('is resumed when its size is unknown', async () => {
    const told = await startToldContent([{ isSized: false, stopsAfter: 200_000 }, { isSized: false }]);
    expect((await get(told.url)).equals(WHOLE)).toBe(true);
    expect(told.asked[1]).toMatch(/^bytes=\d+-$/);
  });

  it('is resumed in the part of a multipart response where it broke off', async () => {
    const told = await startToldContent([{}, {}, { stopsAfter: 50_000 }, {}]);
    const body = await get(told.url, 'bytes=10-19,1000-100999,-9');
    expect(joined(body)).toBe([WHOLE.subarray(10, 20), WHOLE.subarray(1_000, 101_000), WHOLE.subarray(-9)].join(''));
    expect(told.asked.toSpliced(3, 1)).toEqual([
      'bytes=0-0',
      'bytes=10-19',
      'bytes=1000-100999',
      `bytes=${length - 9}-${length - 1}`,
    ]);
    const [from = 0, last] = rangeOf(told.asked[3]);
    expect(from).toBeLessThanOrEqual(51_000);
    expect(last).toBe(100_999);
  });

  it('is requested by range again when Graph ignored the range and broke off before it', async () => {
    const told = await startToldContent([{ ranges: false, stopsAfter: 100 }, {}]);
    expect((await get(told.url, 'bytes=1000-1999')).equals(WHOLE.subarray(1_000, 2_000))).toBe(true);
    expect(told.asked).toEqual(['bytes=1000-1999', 'bytes=1000-1999']);
  });

  it('is resumed in each part of a multipart response separately', async () => {
    const told = await startToldContent([{}, { stopsAfter: 5_000 }, {}, { stopsAfter: 5_000 }, {}]);
    const body = await get(told.url, 'bytes=0-99999,-100000');
    expect(joined(body)).toBe([WHOLE.subarray(0, 100_000), WHOLE.subarray(-100_000)].join(''));
    expect(told.asked).toHaveLength(5);
  });

  it.each<[string, Giving, Giving]>([
    ['breaks off again', { stopsAfter: 100_000 }, { stopsAfter: 10 }],
    ['ignores the range', { stopsAfter: 100_000 }, { ranges: false }],
    ['has never supported ranges', { ranges: false, stopsAfter: 100_000 }, { ranges: false }],
    ['returns another size', { stopsAfter: 100_000 }, { whole: Buffer.concat([WHOLE, WHOLE]) }],
    ['returns less than was already received', { stopsAfter: 100_000 }, { whole: WHOLE.subarray(0, 1) }],
    ['no longer returns a size', { stopsAfter: 100_000 }, { isSized: false }],
    ['returns another tag', { etag: '"a"', stopsAfter: 100_000 }, { etag: '"b"' }],
    ['no longer returns a tag', { etag: '"a"', stopsAfter: 100_000 }, {}],
    ['returns a tag for the first time', { stopsAfter: 100_000 }, { etag: '"b"' }],
  ])('ends as an incomplete response when Graph then %s', async (_, before, then) => {
    const { promise: until, resolve } = Promise.withResolvers<void>();
    const told = await startToldContent([{ ...before, until }, then]);
    const response = await fetch(told.url);
    resolve();
    expect(response.headers.get('content-length')).toBe(String(length));
    await expect(response.arrayBuffer()).rejects.toThrow('terminated');
    expect(told.asked).toHaveLength(2);
  });

  it('is not resumed after a change, and leaves no stream open', async () => {
    const { promise: until, resolve } = Promise.withResolvers<void>();
    const told = await startToldContent([{ stopsAfter: 100_000, until }, { madeBytes: 2 ** 30 }]);
    const response = await fetch(told.url);
    resolve();
    await expect(response.arrayBuffer()).rejects.toThrow('terminated');
    await told.broken(1);
  });

  it('ends as an incomplete response when its size is unknown and it breaks off again', async () => {
    const told = await startToldContent([
      { isSized: false, stopsAfter: 100_000 },
      { isSized: false, stopsAfter: 10 },
    ]);
    const response = await fetch(told.url);
    expect(response.headers.get('content-length')).toBe(null);
    await expect(response.arrayBuffer()).rejects.toThrow('terminated');
  });

  it('ends as an incomplete response when its parts are of two versions', async () => {
    for (const changed of [{ etag: '"b"' }, { etag: '"a"', whole: WHOLE.subarray(0, -1) }]) {
      const left = { ...changed, stopsAfter: 1, stays: true };
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const told = await startToldContent([{ etag: '"a"' }, { etag: '"a"' }, left]);
      // oxlint-disable-next-line no-await-in-loop
      await expect(get(told.url, 'bytes=0-99,1000-1099')).rejects.toThrow('terminated');
      // oxlint-disable-next-line no-await-in-loop
      await told.broken(1);
    }
  });

  it('is resumed when its tag stays the same', async () => {
    const told = await startToldContent([{ etag: '"a"', stopsAfter: 100_000 }, { etag: '"a"' }]);
    expect((await get(told.url)).equals(WHOLE)).toBe(true);
  });

  it.each([
    ['no longer says its size', {}, { isSized: false }],
    ['says its size only then', { isSized: false }, {}],
  ])('is resumed when its tag stays the same, but Graph %s', async (_, before, then) => {
    const told = await startToldContent([
      { ...before, etag: '"a"', stopsAfter: 100_000 },
      { ...then, etag: '"a"' },
    ]);
    expect((await get(told.url)).equals(WHOLE)).toBe(true);
    expect(told.asked).toHaveLength(2);
  });

  it('keeps its tag, whether or not Graph says its size', async () => {
    const told = await startToldContent([{ etag: '"a"', isSized: false }, { etag: '"a"' }]);
    const { headers } = await fetch(told.url);
    const response = await fetch(told.url, { headers: { range: 'bytes=5-9', 'if-range': headers.get('etag') ?? '' } });
    expect([response.status, (await response.arrayBuffer()).byteLength]).toEqual([206, 5]);
  });

  it('is sent whole in its new version when it has changed since its tag was sent', async () => {
    const changed = { etag: '"b"', stopsAfter: 1, stays: true };
    const told = await startToldContent([{ etag: '"a"' }, changed, { etag: '"b"' }]);
    const { headers } = await fetch(told.url, { method: 'HEAD' });
    const response = await fetch(told.url, { headers: { range: 'bytes=5-9', 'if-range': headers.get('etag') ?? '' } });
    expect([response.status, (await response.arrayBuffer()).byteLength]).toEqual([200, length]);
    expect(told.asked).toEqual(['bytes=0-0', 'bytes=5-9', 'whole']);
    await told.broken(1);
  });
});
