import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { readRanges, spansOf } from '../../src/http/content/byte-ranges.ts';
import { answerContent } from '../../src/http/content/content-answer.ts';
import type { ByteRange, OpenedContent } from '../../src/msgraph/content/content.ts';
import { createDraw } from '../support/random-operation.ts';
import type { Draw } from '../support/random-operation.ts';
import { meaningOf } from '../support/range-model.ts';
import type { Bytes, Meaning } from '../support/range-model.ts';
import { WHOLE, startToldContent } from '../support/told-content.ts';

const MOST_RANGES = 10;
const SIZE = 5_000;
const BYTES = WHOLE.subarray(0, SIZE);

/** Edge cases of range sets, most of them unsatisfiable. */
const KNOTTY = [
  '5000- 5000-5001 -0 -00 6000-,-0 9007199254740992- 99999999999999999999-'.split(' '),
  ['99999999999999999999-99999999999999999998', `${','.repeat(100)}a`, `0-1${','.repeat(100)}300-301`],
].flat();
const PIECES = [
  '0,7,255,256,999,4999,5000,9007199254740991,99999999999999999999,007,-1,1e3,+1'.split(','),
  '- - - -- = ; * / a bytes bytes= é ٣'.split(' '),
  [',', ',', ', ', ' ,\t', ' ', '\t'],
].flat();
const UNITS = ['bytes=', 'bytes=', 'bytes=', 'bytes=', 'Bytes=', 'bytes =', 'bytes= ', 'lines=', 'bytes', 'byte=', ''];
const EDGES = [0, 1, 2, 255, 256, 257, 4_743, 4_744, 4_998, 4_999, 5_000, 5_001, 2 ** 53];

const number = ({ below, of }: Draw): number => (below(2) === 0 ? of(EDGES) : below(SIZE));

function drawSpec(draw: Draw): string {
  const [one, other] = [number(draw), number(draw)];
  const [first, last] = draw.below(8) === 0 ? [one, other] : [Math.min(one, other), Math.max(one, other)];
  return draw.of([
    `${first}-${last}`,
    `${first}-${last}`,
    `${first}-${first + draw.below(300)}`,
    `${first}-`,
    `-${one}`,
  ]);
}

/** Draws a header: mostly well-formed, sometimes nearly so, sometimes arbitrary. */
function drawHeader(draw: Draw): string {
  const { below, of } = draw;
  if (below(5) === 0) return of(UNITS) + Array.from({ length: below(8) }, () => of(PIECES)).join('');
  if (below(10) === 0) return `bytes=${of(KNOTTY)}`;
  const specs = Array.from({ length: 1 + below(below(6) === 0 ? 13 : 4) }, () => drawSpec(draw));
  const list = specs
    .map((spec) => (below(12) === 0 ? spec + of(PIECES) : spec))
    .join(of([',', ',', ', ', ',,', ' , ']));
  return (below(12) === 0 ? of(UNITS) : 'bytes=') + list;
}

/** The result of the gateway's own parser, in the terms of the model. */
function reading(header: string): Meaning {
  const ranges = readRanges(header);
  if (ranges === null) return 'whole';
  const spans = spansOf(ranges, SIZE);
  return spans.length === 0 ? 'none' : spans.map(({ firstByte, endByte }) => [firstByte, endByte] as const);
}

/** The parts of a multipart body, each with its headers. */
function parts(type: string, body: Buffer): string[] {
  const boundary = /^multipart\/byteranges; boundary=([\w-]+)$/.exec(type)?.[1] ?? 'none';
  const text = body.toString('latin1');
  const ends = text.endsWith(`\r\n--${boundary}--\r\n`);
  return ends ? `\r\n${text}`.split(`\r\n--${boundary}`).slice(1, -1) : ['no end'];
}

const saying = ([from, to]: Bytes): string => `bytes ${from}-${to - 1}/${SIZE}`;

interface Answered {
  readonly status: number;
  readonly header: (name: string) => string | null;
  readonly body: Buffer;
}

/** The expected answer, in the form that `given` returns. */
function expected(meaning: Meaning): unknown[] {
  if (meaning === 'whole') return [200, null, String(SIZE), [BYTES.toString('latin1')]];
  if (meaning === 'none') return [416, `bytes */${SIZE}`];
  const [first] = meaning;
  if (meaning.length === 1 && first !== undefined) {
    const [from, to] = first;
    return [206, saying(first), String(to - from), [BYTES.toString('latin1', from, to)]];
  }
  return [
    206,
    null,
    'as long as it is',
    meaning.map(
      (span) =>
        `\r\ncontent-type: video/mp4\r\ncontent-range: ${saying(span)}\r\n\r\n${BYTES.toString('latin1', ...span)}`,
    ),
  ];
}

function given({ status, header, body }: Answered): unknown[] {
  const range = header('content-range');
  if (status === 416) return [status, range];
  const length = header('content-length');
  const type = header('content-type') ?? '';
  if (type === 'video/mp4') return [status, range, length, [body.toString('latin1')]];
  return [status, range, length === String(body.length) ? 'as long as it is' : length, parts(type, body)];
}

/** Opens the bytes as the content client does, without Graph. */
async function openBytes(range: ByteRange | null, honours: boolean): Promise<OpenedContent> {
  const facts = { size: SIZE, contentType: 'video/mp4', etag: null, host: null };
  const [span] = range === null || !honours ? [{ firstByte: 0, endByte: SIZE }] : spansOf([range], SIZE);
  if (span === undefined) return { isBeyond: true, size: SIZE };
  const pieces = [BYTES.subarray(span.firstByte, span.endByte)];
  const body = Object.assign(Readable.from(pieces), { dump: async () => {} });
  return { isBeyond: false, ...facts, ...span, body };
}

async function answerTo(range: string, honours: boolean): Promise<Answered> {
  const { status, headers, bytes } = await answerContent({
    method: 'GET',
    range,
    ifNoneMatch: undefined,
    ifRange: undefined,
    recording: 'x',
    open: (asked) => openBytes(asked, honours),
    signal: new AbortController().signal,
  });
  const body = bytes === null ? Buffer.alloc(0) : Buffer.concat(await Array.fromAsync(bytes));
  return { status, header: (name) => headers[name] ?? null, body };
}

describe('A Range header', () => {
  it('is parsed as by a model of RFC 9110, in 20,000 random cases', () => {
    const draw = createDraw(9_110);
    for (let count = 0; count < 20_000; count += 1) {
      const header = drawHeader(draw);
      expect([header, reading(header)]).toEqual([header, meaningOf(header, SIZE, MOST_RANGES)]);
    }
  });

  it('is answered with exactly the bytes it selects, whether Graph honors ranges or ignores them', async () => {
    const draw = createDraw(206);
    const seen = new Map<number, number>();
    for (let count = 0; count < 3_000; count += 1) {
      const header = drawHeader(draw);
      const honours = draw.below(2) === 0;
      // oxlint-disable-next-line no-await-in-loop -- in the order of the draw
      const answered = await answerTo(header, honours);
      const meaning = meaningOf(header, SIZE, MOST_RANGES);
      // If Graph ignores ranges, all parts come from one pass over the whole.
      const inOrder = honours || !Array.isArray(meaning) ? meaning : meaning.toSorted(([one], [other]) => one - other);
      expect([header, ...given(answered)]).toEqual([header, ...expected(inOrder)]);
      seen.set(answered.status, (seen.get(answered.status) ?? 0) + 1);
    }
    for (const status of [200, 206, 416]) expect(seen.get(status)).toBeGreaterThan(100);
  });

  it('is answered with exactly the bytes it selects over HTTP too', async () => {
    const told = await startToldContent([{ whole: BYTES }]);
    const draw = createDraw(416);
    for (let count = 0; count < 300; count += 1) {
      const header = drawHeader(draw).replaceAll(/[^\t\u0020-\u00ff]/g, '');
      // oxlint-disable-next-line no-await-in-loop -- in the order of the draw
      const response = await fetch(told.url, { headers: { range: header } });
      // oxlint-disable-next-line no-await-in-loop
      const body = Buffer.from(await response.arrayBuffer());
      const answered = { status: response.status, header: (name: string) => response.headers.get(name), body };
      expect([header, ...given(answered)]).toEqual([header, ...expected(meaningOf(header, SIZE, MOST_RANGES))]);
    }
  });
});
