/** Parses the byte ranges of clients: https://www.rfc-editor.org/rfc/rfc9110#section-14 */
import type { Span } from '../../msgraph/content/content-bytes.ts';
import type { ByteRange } from '../../msgraph/content/content.ts';

/** A span whose end is known. */
export interface ByteSpan extends Span {
  readonly endByte: number;
}

/** Each range is a separate request to Graph. Above this, the whole is sent. */
const MOST_RANGES = 10;
/** Below this, the bytes between two ranges cost less than the header of another part. */
const SMALLEST_GAP_BYTES = 256;

function readRange(text: string): ByteRange | null {
  const [, first = '', last = ''] = /^(\d*)-(\d*)$/.exec(text) ?? [];
  if (first === '') return last === '' ? null : { lastBytes: toCount(last) };
  const firstByte = toCount(first);
  if (last === '') return { firstByte, lastByte: null };
  return BigInt(last) < BigInt(first) ? null : { firstByte, lastByte: toCount(last) };
}

/** Caps at the largest exact number; no content has more. */
function toCount(digits: string): number {
  return Math.min(Number(digits), Number.MAX_SAFE_INTEGER - 1);
}

/**
 * The ranges of a `Range` header, in its order. Null if the header is to be ignored: it is absent, in another unit,
 * malformed, or has too many ranges.
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

/** The position of a range in `size` bytes; null when it contains none of them. */
export function spanOf(range: ByteRange, size: number): ByteSpan | null {
  const firstByte = 'lastBytes' in range ? Math.max(0, size - range.lastBytes) : range.firstByte;
  const endByte = 'lastBytes' in range || range.lastByte === null ? size : Math.min(size, range.lastByte + 1);
  return firstByte < endByte ? { firstByte, endByte } : null;
}

/**
 * The spans of several ranges, in the order requested, without empty ones. If some overlap or nearly touch, those are
 * joined, and all are sorted by position.
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

/** A span as a `Content-Range` header, `bytes 0-99/1000`; a star stands for an unknown size. */
export function contentRange({ firstByte, endByte }: ByteSpan, size: number | null): string {
  return `bytes ${firstByte}-${endByte - 1}/${size ?? '*'}`;
}
