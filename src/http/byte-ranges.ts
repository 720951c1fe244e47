/** Ranges of bytes as clients ask for them: https://www.rfc-editor.org/rfc/rfc9110#section-14 */
import type { ByteRange } from '../msgraph/content.ts';
import type { Span } from '../msgraph/content-bytes.ts';

/** A span whose end is known. */
export interface ByteSpan extends Span {
  readonly endByte: number;
}

/** Each range is a request to Graph of its own. Who asks for more gets the whole. */
const MOST_RANGES = 10;
/** Below this what stands between two parts costs more than the bytes between two ranges. */
const SMALLEST_GAP_BYTES = 256;

function readRange(text: string): ByteRange | null {
  const [, first = '', last = ''] = /^(\d*)-(\d*)$/.exec(text) ?? [];
  if (first === '') return last === '' ? null : { lastBytes: toCount(last) };
  const firstByte = toCount(first);
  if (last === '') return { firstByte, lastByte: null };
  return BigInt(last) < BigInt(first) ? null : { firstByte, lastByte: toCount(last) };
}

/** No content has more bytes than numbers can count exactly. */
function toCount(digits: string): number {
  return Math.min(Number(digits), Number.MAX_SAFE_INTEGER - 1);
}

/**
 * The ranges that a `Range` header asks for, in its order; null where it is to be taken no notice of: there is none, it is in
 * another unit, it is malformed, or it asks for too many.
 */
export function readRanges(header: string | undefined): readonly [ByteRange, ...ByteRange[]] | null {
  const list = /^bytes\s*=(.*)$/is.exec(header?.trim() ?? '')?.[1];
  if (list === undefined) return null;
  // A list may have empty elements: https://www.rfc-editor.org/rfc/rfc9110#section-5.6.1.2
  const texts = list
    .split(',')
    .map((text) => text.trim())
    .filter((text) => text !== '');
  const ranges = texts.flatMap((text) => readRange(text) ?? []);
  const [first, ...others] = ranges;
  return first === undefined || ranges.length < texts.length || ranges.length > MOST_RANGES ? null : [first, ...others];
}

/** Where a range is in a whole of `size` bytes; null when nothing of it is there. */
export function spanOf(range: ByteRange, size: number): ByteSpan | null {
  const firstByte = 'lastBytes' in range ? Math.max(0, size - range.lastBytes) : range.firstByte;
  const endByte = 'lastBytes' in range || range.lastByte === null ? size : Math.min(size, range.lastByte + 1);
  return firstByte < endByte ? { firstByte, endByte } : null;
}

/**
 * The spans of several ranges, in the order in which they were asked for, without those of which nothing is there. Where some
 * overlap or nearly touch they become one, and all are in the order of the whole.
 */
export function spansOf(ranges: readonly ByteRange[], size: number): readonly ByteSpan[] {
  const spans = ranges.flatMap((range) => spanOf(range, size) ?? []);
  const joined: ByteSpan[] = [];
  for (const span of spans.toSorted((a, b) => a.firstByte - b.firstByte)) {
    const before = joined.at(-1);
    if (before === undefined || span.firstByte - before.endByte >= SMALLEST_GAP_BYTES) joined.push(span);
    else joined.splice(-1, 1, { ...before, endByte: Math.max(before.endByte, span.endByte) });
  }
  return joined.length === spans.length ? spans : joined;
}

/** A span as a `Content-Range` header, `bytes 0-99/1000`; a star stands for a size that nobody knows. */
export function contentRange({ firstByte, endByte }: ByteSpan, size: number | null): string {
  return `bytes ${firstByte}-${endByte - 1}/${size ?? '*'}`;
}
