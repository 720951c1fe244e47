/** Several ranges in one response: https://www.rfc-editor.org/rfc/rfc9110#name-media-type-multipart-byteranges */
import { randomUUID } from 'node:crypto';
import { isSameContent } from '../../msgraph/content/content.ts';
import type { ByteRange, Content, ContentDescription } from '../../msgraph/content/content.ts';
import { contentRange } from './byte-ranges.ts';
import type { ByteSpan } from './byte-ranges.ts';
import { bytesOf } from './content-request.ts';
import type { ContentRequest } from './content-request.ts';

interface Part {
  readonly span: ByteSpan;
  /** The bytes before it. */
  readonly head: Buffer;
}

/** Opens content. Throws if it has changed since the response was decided. */
async function openSame(
  { open }: ContentRequest,
  range: ByteRange | null,
  about: ContentDescription,
): Promise<Content> {
  const content = await open(range);
  if (!content.isBeyond && isSameContent(content, about)) return content;
  if (!content.isBeyond) content.body.destroy();
  throw new Error('The recording changed while it was being read.');
}

/** One part after the other. Each is opened when the one before was read. */
async function* partByPart(
  request: ContentRequest,
  about: ContentDescription,
  parts: readonly Part[],
): AsyncGenerator<Buffer, void> {
  for (const { span, head } of parts) {
    yield head;
    // oxlint-disable-next-line no-await-in-loop -- the parts stand one behind the other
    const content = await openSame(request, { firstByte: span.firstByte, lastByte: span.endByte - 1 }, about);
    yield* bytesOf(request, content, span);
  }
}

/** Yields all parts from one read, sorted by position: Graph would start at the first byte for each. */
async function* partsOfWhole(
  request: ContentRequest,
  about: ContentDescription,
  parts: readonly Part[],
): AsyncGenerator<Buffer, void> {
  const firstByte = parts[0]?.span.firstByte ?? 0;
  const span = { firstByte, endByte: parts.at(-1)?.span.endByte ?? firstByte };
  const waiting = [...parts];
  let at = firstByte;
  for await (const piece of bytesOf(request, await openSame(request, null, about), span)) {
    const end = at + piece.length;
    for (let part = waiting[0]; part !== undefined && part.span.firstByte < end; part = waiting[0]) {
      if (part.span.firstByte >= at) yield part.head;
      yield piece.subarray(Math.max(0, part.span.firstByte - at), part.span.endByte - at);
      // It ends in a later piece.
      if (part.span.endByte > end) break;
      waiting.shift();
    }
    at = end;
  }
}

async function* withTail(all: AsyncGenerator<Buffer, void>, tail: Buffer): AsyncGenerator<Buffer, void> {
  yield* all;
  yield tail;
}

/** The headers and bytes of a response with several spans: in their order, or by position if Graph ignores ranges. */
export function multipart(
  request: ContentRequest,
  about: ContentDescription,
  spans: readonly ByteSpan[],
): { readonly headers: Readonly<Record<string, string>>; readonly bytes: AsyncGenerator<Buffer, void> } {
  const boundary = randomUUID();
  const ordered = about.honoursRanges ? spans : spans.toSorted((one, other) => one.firstByte - other.firstByte);
  const parts = ordered.map((span, index) => ({
    span,
    head: Buffer.from(
      `${index === 0 ? '' : '\r\n'}--${boundary}\r\ncontent-type: ${about.contentType}\r\ncontent-range: ${contentRange(span, about.size)}\r\n\r\n`,
    ),
  }));
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  const length = parts.reduce((sum, { span, head }) => sum + head.length + span.endByte - span.firstByte, tail.length);
  const all = about.honoursRanges ? partByPart(request, about, parts) : partsOfWhole(request, about, parts);
  return {
    headers: { 'content-type': `multipart/byteranges; boundary=${boundary}`, 'content-length': String(length) },
    bytes: withTail(all, tail),
  };
}
