import { once } from 'node:events';
import { get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createDrivenClock } from '../support/clock.ts';
import { linkToNewest } from '../support/content.ts';
import { startToldContent } from '../support/told-content.ts';
import type { Giving, ToldContent } from '../support/told-content.ts';

const GIBIBYTE = 2 ** 30;
/** What the sockets and streams on the way may buffer; the system gives each of them some MiB. */
const MOST_BUFFERED_BYTES = 48 * 1_024 * 1_024;

/** Opens a URL as a viewer who has not begun to read. */
async function view(url: string, headers: Record<string, string> = {}): Promise<IncomingMessage> {
  const request = get(url, { headers, agent: false });
  const [response] = await once(request, 'response');
  return response;
}

/** Resolves when a number has not grown for many turns of the event loop. */
async function settled(read: () => number): Promise<number> {
  let seen = read();
  for (let turns = 0; turns < 500; turns += 1) {
    // oxlint-disable-next-line no-await-in-loop -- the turns are one after the other
    await setImmediate();
    if (read() !== seen) turns = 0;
    seen = read();
  }
  return seen;
}

/** Reads that many bytes and leaves the rest. */
async function take(viewer: IncomingMessage, bytes: number): Promise<void> {
  let left = bytes;
  for await (const piece of viewer.iterator({ destroyOnReturn: false })) {
    left -= piece.length;
    if (left <= 0) return;
  }
}

/** Resolves when Graph has begun to answer `count` requests for content. */
async function answered({ gateway }: ToldContent, count: number): Promise<void> {
  const answers = (): number =>
    gateway.logged().match(/"request":"GET [^"]*\/content"[^}]*"outcome":20\d/g)?.length ?? 0;
  await expect.poll(answers).toBe(count);
}

const STALLED: Giving = { stopsAfter: 100_000, stays: true };
const NO_BYTE: Giving = { stopsAfter: 0, stays: true };

// Shorter than the timeout for Graph: a stream closed by then is closed because the viewer has left.
describe('A viewer who leaves', { timeout: 7_000 }, () => {
  it.each<[string, string, readonly (Giving | null)[]]>([
    ['before Graph has answered', 'bytes=5-', [null]],
    ['before there is a byte', 'bytes=5-', [NO_BYTE]],
    ['before it is known how much there is', 'bytes=0-9,1000-1999', [NO_BYTE]],
    ['before Graph has answered for the second of several parts', 'bytes=0-9,1000-1999', [{}, {}, null]],
    ['before the second of several parts has a byte', 'bytes=0-9,1000-1999', [{}, {}, NO_BYTE]],
  ])('aborts the request to Graph %s', async (_, range, givings) => {
    const told = await startToldContent(givings);
    const leaving = new AbortController();
    const viewing = Promise.allSettled([fetch(told.url, { headers: { range }, signal: leaving.signal })]);
    await told.arrived(givings.length);
    await answered(told, givings.filter((giving) => giving !== null).length);
    leaving.abort();
    await told.broken(1);
    await viewing;
    expect(told.asked).toHaveLength(givings.length);
  });

  it('aborts the request to Graph before the name of the file is known', async () => {
    const told = await startToldContent([STALLED]);
    const hold = told.gateway.emulator.hold({ pathPattern: '/onlineMeetings/[^/]+$' });
    const leaving = new AbortController();
    const viewing = fetch(told.url, { signal: leaving.signal });
    await Promise.all([hold.arrived(1), answered(told, 1)]);
    leaving.abort();
    await expect(viewing).rejects.toThrow('aborted');
    await told.broken(1);
    hold.release();
  });

  it.each<[string, Giving]>([
    ['that has stalled', STALLED],
    ['that goes on', { madeBytes: GIBIBYTE }],
  ])('aborts a stream from Graph %s, and frees the place for another', async (_, giving) => {
    const told = await startToldContent([giving], { config: { streams: { inAll: 1, perCaller: 1 } } });
    const viewer = await view(told.url);
    await take(viewer, 50_000);
    const refused = await fetch(told.url);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '5']);
    viewer.destroy();
    await told.broken(1);
    const next = await view(told.url);
    expect(next.statusCode).toBe(200);
    next.destroy();
    await told.broken(2);
    expect(told.asked).toEqual(['whole', 'whole']);
  });

  it('aborts the continuation of a stream that Graph has broken off', async () => {
    const { promise: until, resolve } = Promise.withResolvers<void>();
    const told = await startToldContent([{ stopsAfter: 100_000, until }, null]);
    const viewer = await view(told.url);
    resolve();
    await told.arrived(2);
    viewer.destroy();
    await told.broken(1);
    expect(told.asked).toHaveLength(2);
  });

  it('during a HEAD aborts the request to Graph too', async () => {
    const told = await startToldContent([NO_BYTE]);
    const leaving = new AbortController();
    const asking = fetch(told.url, { method: 'HEAD', signal: leaving.signal });
    await answered(told, 1);
    leaving.abort();
    await expect(asking).rejects.toThrow('aborted');
    await told.broken(1);
  });

  it('after a HEAD has made the gateway request only one byte of Graph', async () => {
    const told = await startToldContent([{ madeBytes: GIBIBYTE }]);
    const { headers } = await fetch(told.url, { method: 'HEAD' });
    expect(headers.get('content-length')).toBe(String(GIBIBYTE));
    await told.broken(1);
    expect(told.made()).toBeLessThan(MOST_BUFFERED_BYTES);
    expect(told.asked).toEqual(['bytes=0-0']);
  });
});

describe('A viewer with a complete answer', { timeout: 7_000 }, () => {
  it.each<[string, Giving, number, number]>([
    ['bytes=0-9', { madeBytes: GIBIBYTE }, 206, 10],
    ['bytes=2000000000-', { madeBytes: GIBIBYTE }, 416, 0],
    ['bytes=0-9', { ranges: false, stopsAfter: 100, stays: true }, 206, 10],
    ['bytes=999999-', { ranges: false, stopsAfter: 100, stays: true }, 416, 0],
  ])('makes the gateway stop reading from Graph: %s of %j', async (range, giving, status, bytes) => {
    const told = await startToldContent([giving]);
    const response = await fetch(told.url, { headers: { range } });
    expect([response.status, (await response.arrayBuffer()).byteLength]).toEqual([status, bytes]);
    await told.broken(1);
    expect(told.made()).toBeLessThan(MOST_BUFFERED_BYTES);
  });
});

describe('A viewer who reads nothing', () => {
  it('pauses the stream from Graph until they read on', async () => {
    const told = await startToldContent([{ madeBytes: GIBIBYTE }]);
    const viewer = await view(told.url);
    const before = await settled(told.made);
    expect(before).toBeLessThan(MOST_BUFFERED_BYTES);
    await take(viewer, MOST_BUFFERED_BYTES);
    const after = await settled(told.made);
    expect(after).toBeGreaterThanOrEqual(MOST_BUFFERED_BYTES);
    expect(after).toBeLessThan(2 * MOST_BUFFERED_BYTES);
    viewer.destroy();
  });

  it('is cut off after five minutes, which frees the place for another', async () => {
    const clock = createDrivenClock();
    const told = await startToldContent([{ madeBytes: GIBIBYTE }], {
      clock,
      config: { streams: { inAll: 1, perCaller: 1 } },
    });
    const watch = { isCut: false };
    const cut = told.broken(1).then(() => (watch.isCut = true));
    const viewer = await view(told.url);
    await clock.waiting(300_000);
    clock.advance(300_000);
    // Bytes were read in this period, and are in the next.
    await take(viewer, MOST_BUFFERED_BYTES);
    clock.advance(300_000);
    expect((await fetch(told.url)).status).toBe(429);
    // Bytes that fill the buffers count as read.
    for (let times = 0; times < 100 && !watch.isCut; times += 1) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await settled(told.made);
      clock.advance(300_000);
    }
    await cut;
    await expect(take(viewer, GIBIBYTE)).rejects.toThrow('aborted');
    // The first link has expired meanwhile.
    const next = await view(await linkToNewest(told.gateway));
    expect(next.statusCode).toBe(200);
    next.destroy();
  });
});
