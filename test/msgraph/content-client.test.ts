import { describe, expect, it } from 'vitest';
import type { ByteRange, OpenedContent } from '../../src/msgraph/content/content.ts';
import { startContentClient } from '../support/content-client.ts';
import type { Answer } from '../support/content-client.ts';
import { createCount } from '../support/count.ts';
import { createTestDownloads, textOf } from '../support/server.ts';

const PATH = '/users/x/content';
const VIDEO = { 'content-type': 'video/mp4' };
/** The tenth to the twentieth byte, the bytes from there to the end, and the last five. */
const PART: ByteRange = { firstByte: 10, lastByte: 19 };
const REST: ByteRange = { firstByte: 10, lastByte: null };
const LAST: ByteRange = { lastBytes: 5 };

const inRange = (range: string): Record<string, string> => ({ ...VIDEO, 'content-range': range });

/** The properties of content without its body; all of them when the range is beyond the content. */
function known(content: OpenedContent): unknown {
  if (content.isBeyond) return content;
  const { body: _body, ...facts } = content;
  return facts;
}

describe('Content in a response of Graph', () => {
  it.each<[string, ByteRange | null, number, Record<string, string>]>([
    ['a page instead of the whole', null, 200, { 'content-type': 'text/html; charset=utf-8' }],
    ['a page instead of a range', PART, 206, { 'content-type': 'text/html', 'content-range': 'bytes 10-19/100' }],
    ['JSON', null, 200, { 'content-type': 'application/json' }],
    ['text', null, 200, { 'content-type': 'text/plain' }],
    ['a type that only begins like a video', null, 200, { 'content-type': 'videos/mp4' }],
    ['several parts', PART, 206, { 'content-type': 'multipart/byteranges; boundary=x' }],
    ['compressed bytes', null, 200, { ...VIDEO, 'content-encoding': 'gzip' }],
    ['compressed bytes of a range', PART, 206, { ...inRange('bytes 10-19/100'), 'content-encoding': 'br' }],
    ['a part instead of the whole', null, 206, inRange('bytes 0-99/100')],
    ['a range without a Content-Range', PART, 206, VIDEO],
    ['a range in another unit', PART, 206, inRange('lines 10-19/100')],
    ['a range that is malformed', PART, 206, inRange('bytes 10-19')],
    ['a range with a number that is too large', PART, 206, inRange('bytes 10-99999999999999999999/100')],
    ['a range that begins too early', PART, 206, inRange('bytes 9-19/100')],
    ['a range that begins too late', PART, 206, inRange('bytes 11-19/100')],
    ['a range that ends too late', PART, 206, inRange('bytes 10-20/100')],
    ['a range that ends before it begins', PART, 206, inRange('bytes 10-9/100')],
    ['a range that ends beyond the whole', PART, 206, inRange('bytes 10-19/19')],
    ['a rest that ends beyond the whole', REST, 206, inRange('bytes 10-100/100')],
    ['a rest that begins elsewhere', REST, 206, inRange('bytes 0-99/100')],
    ['too many last bytes', LAST, 206, inRange('bytes 94-99/100')],
    ['last bytes that are not the last', LAST, 206, inRange('bytes 90-94/100')],
    ['too many last bytes of an unknown size', LAST, 206, inRange('bytes 94-99/*')],
  ])('is refused when it is %s, and its connection is closed', async (_, range, status, headers) => {
    const { client, broken, outcomes, asked, operation } = await startContentClient([
      { status, headers, body: 'x', isEndless: true },
    ]);
    await expect(client.open(PATH, range, operation())).rejects.toMatchObject({
      name: 'GraphError',
      reason: 'malformed',
      message: expect.stringMatching(/^Microsoft Graph responded to GET \/users\/x\/content with .+\.$/),
    });
    await broken(1);
    expect([outcomes, asked.length]).toEqual([['malformed'], 1]);
  });

  it.each<[ByteRange | null, Answer, unknown]>([
    [null, { headers: {}, body: 'video' }, { size: 5, contentType: 'video/mp4', firstByte: 0, endByte: 5 }],
    [null, { headers: { 'content-type': 'Application/Octet-Stream' } }, { contentType: 'video/mp4' }],
    [null, { headers: { 'content-type': 'binary/octet-stream; x=y' } }, { contentType: 'video/mp4' }],
    [null, { headers: { 'content-type': 'video/webm; codecs="vp9"' } }, { contentType: 'video/webm; codecs="vp9"' }],
    [null, { headers: { 'content-type': 'application/mp4' } }, { contentType: 'application/mp4' }],
    [null, { headers: { 'content-type': 'audio/mp4' } }, { contentType: 'audio/mp4' }],
    [null, { headers: { 'content-encoding': 'identity' } }, { isBeyond: false }],
    [null, { headers: { etag: '"a"' } }, { etag: '"a"' }],
    [null, { headers: { etag: 'W/"a"' } }, { etag: null }],
    [null, { headers: { 'transfer-encoding': 'chunked' } }, { size: null, firstByte: 0, endByte: null }],
    // The range is ignored.
    [PART, { body: 'video' }, { size: 5, firstByte: 0, endByte: 5 }],
    [PART, { status: 206, headers: inRange('bytes 10-19/100') }, { size: 100, firstByte: 10, endByte: 20 }],
    [PART, { status: 206, headers: inRange('bytes 10-14/15') }, { size: 15, firstByte: 10, endByte: 15 }],
    [PART, { status: 206, headers: inRange('BYTES 10-19/*') }, { size: null, firstByte: 10, endByte: 20 }],
    [REST, { status: 206, headers: inRange('bytes 10-99/100') }, { size: 100, firstByte: 10, endByte: 100 }],
    [LAST, { status: 206, headers: inRange('bytes 95-99/100') }, { size: 100, firstByte: 95, endByte: 100 }],
    [LAST, { status: 206, headers: inRange('bytes 0-2/3') }, { size: 3, firstByte: 0, endByte: 3 }],
    [PART, { status: 416, headers: { 'content-range': 'bytes */7' } }, { isBeyond: true, size: 7 }],
    [PART, { status: 416, headers: {} }, { isBeyond: true, size: null }],
    [PART, { status: 416, headers: { 'content-range': 'bytes 0-6/7' } }, { isBeyond: true, size: null }],
  ])('for the range %j with %j is read as %j', async (range, answer, expected) => {
    const { client, operation } = await startContentClient([answer]);
    const content = await client.open(PATH, range, operation());
    expect(known(content)).toMatchObject(expected instanceof Object ? expected : {});
    expect(content.isBeyond ? '' : await textOf(content.body)).toBe(answer.body ?? '');
  });

  it.each<[ByteRange | null, string | undefined]>([
    [null, undefined],
    [PART, 'bytes=10-19'],
    [REST, 'bytes=10-'],
    [LAST, 'bytes=-5'],
  ])('is requested in the range %j by the header %s', async (range, expected) => {
    const { client, asked, operation } = await startContentClient([{}]);
    await client.open(PATH, range, operation());
    expect(asked).toEqual([[expected, 'Bearer a-marked-token']]);
  });

  it('whose range is not satisfiable leaves no connection open', async () => {
    const { client, broken, operation } = await startContentClient([{ status: 416, body: 'x', isEndless: true }]);
    expect(await client.open(PATH, PART, operation())).toEqual({ isBeyond: true, size: null });
    await broken(1);
  });
});

describe('A description of content', () => {
  it.each<[string, Answer]>([
    ['by its first byte', { status: 206, headers: { ...inRange('bytes 0-0/100'), etag: '"a"' }, body: 'x' }],
    [
      'when Graph ignores ranges',
      { headers: { ...VIDEO, 'content-length': '100', etag: '"a"' }, body: 'x'.repeat(100) },
    ],
  ])('is fetched %s, each time over the same connection, which is none for streams', async (_, answer) => {
    const heads = createCount();
    const { client, asked, connections, operation } = await startContentClient(
      [{ ...answer, bodyAfter: () => heads.reached(asked.length) }],
      { streams: createTestDownloads('https://streams.invalid'), onExchange: () => heads.add() },
    );
    for (let times = 0; times < 3; times += 1) {
      // oxlint-disable-next-line no-await-in-loop -- over the same connection
      expect(await client.describe(PATH, operation())).toMatchObject({
        size: 100,
        contentType: 'video/mp4',
        etag: '"a"',
      });
    }
    expect(asked.map(([range]) => range)).toEqual(['bytes=0-0', 'bytes=0-0', 'bytes=0-0']);
    expect(connections()).toBe(1);
  });

  it.each<[string, Record<string, string>, number | null]>([
    ['much', { ...VIDEO, 'content-length': '999999999' }, 999_999_999],
    ['of unknown size', { ...VIDEO, 'transfer-encoding': 'chunked' }, null],
  ])('is read without the body when Graph sends the whole, which is %s', async (_, headers, size) => {
    const { client, broken, operation } = await startContentClient([
      { headers, body: Buffer.alloc(1_000_000), isEndless: true },
    ]);
    expect(await client.describe(PATH, operation())).toMatchObject({ size, contentType: 'video/mp4', etag: null });
    await broken(1);
  });

  it('of empty content has the size zero', async () => {
    const { client, operation } = await startContentClient([
      { status: 416, headers: { 'content-range': 'bytes */0' } },
    ]);
    expect(await client.describe(PATH, operation())).toMatchObject({ size: 0, contentType: 'video/mp4', etag: null });
  });

  it('ends with its operation when Graph never sends the byte', async () => {
    const answered = Promise.withResolvers<void>();
    const { client, broken, clock, operation } = await startContentClient(
      [{ status: 206, headers: inRange('bytes 0-0/100'), isEndless: true }],
      { onExchange: () => answered.resolve() },
    );
    const describing = client.describe(PATH, operation());
    await answered.promise;
    clock.advance(10_000);
    await expect(describing).rejects.toMatchObject({ name: 'GraphError', reason: 'timeout' });
    await broken(1);
  });
});
