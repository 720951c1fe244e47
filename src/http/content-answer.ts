/** What is answered to one request for the content of a recording: https://www.rfc-editor.org/rfc/rfc9110#section-14 */
import { createHash, randomUUID } from 'node:crypto';
import { describeContent, isSameContent } from '../msgraph/content.ts';
import type { ByteRange, Content, ContentFacts, OpenContent } from '../msgraph/content.ts';
import { readSpan } from '../msgraph/content-bytes.ts';
import type { Span } from '../msgraph/content-bytes.ts';
import { readRanges, spanOf, spansOf } from './byte-ranges.ts';
import type { ByteSpan } from './byte-ranges.ts';

export interface ContentRequest {
  readonly method: string;
  /** The `Range` header. */
  readonly range: string | undefined;
  /** The `If-Range` header. */
  readonly ifRange: string | undefined;
  /** What tells the recording from every other. */
  readonly recording: string;
  /** Opens the content at Graph. */
  readonly open: OpenContent;
  /** Aborts when the client has left. */
  readonly signal: AbortSignal;
}

export interface ContentAnswer {
  readonly status: 200 | 206 | 416;
  readonly headers: Readonly<Record<string, string>>;
  /** The body, read from Graph as it is taken; null where there is none. */
  readonly bytes: AsyncGenerator<Buffer, void> | null;
}

/**
 * The entity tag: of the recording and its size, and of Graph's own where it has one. Recordings are not written to once they
 * are there. Null where too little is known to tell one state from another.
 */
function etagOf({ size, etag }: ContentFacts, recording: string): string | null {
  if (size === null && etag === null) return null;
  return `"${createHash('sha256')
    .update(JSON.stringify([recording, size, etag]))
    .digest('base64url')
    .slice(0, 22)}"`;
}

function commonHeaders(facts: ContentFacts, recording: string): Record<string, string> {
  const etag = etagOf(facts, recording);
  return {
    'content-type': facts.contentType,
    'accept-ranges': facts.size === null ? 'none' : 'bytes',
    ...(etag === null ? {} : { etag }),
  };
}

/** `bytes 0-99/1000`; a star stands for what nobody knows. */
function contentRange({ firstByte, endByte }: ByteSpan, size: number | null): string {
  return `bytes ${firstByte}-${endByte - 1}/${size ?? '*'}`;
}

/** The bytes of a span of which the content is open already. */
function bytesOf({ open, signal }: ContentRequest, content: Content, span: Span): AsyncGenerator<Buffer, void> {
  return readSpan({
    content,
    span,
    signal,
    async reopen(firstByte) {
      const next = await open({ firstByte, lastByte: span.endByte === null ? null : span.endByte - 1 });
      return next.isBeyond ? null : next;
    },
  });
}

function answerWhole(request: ContentRequest, content: Content): ContentAnswer {
  const length = content.size === null ? {} : { 'content-length': String(content.size) };
  return {
    status: 200,
    headers: { ...commonHeaders(content, request.recording), ...length },
    bytes: bytesOf(request, content, { firstByte: 0, endByte: content.size }),
  };
}

async function openWhole(request: ContentRequest): Promise<ContentAnswer> {
  const content = await request.open(null);
  if (content.isBeyond) throw new Error('Expected the whole content, but a range was answered.');
  return answerWhole(request, content);
}

function answerBeyond(size: number | null): ContentAnswer {
  return { status: 416, headers: size === null ? {} : { 'content-range': `bytes */${size}` }, bytes: null };
}

function answerSpan(request: ContentRequest, content: Content, span: ByteSpan): ContentAnswer {
  return {
    status: 206,
    headers: {
      ...commonHeaders(content, request.recording),
      'content-range': contentRange(span, content.size),
      'content-length': String(span.endByte - span.firstByte),
    },
    bytes: bytesOf(request, content, span),
  };
}

/** One part after the other, each opened when the one before has been read. */
async function* partsOf(
  request: ContentRequest,
  facts: ContentFacts,
  parts: readonly { readonly span: ByteSpan; readonly head: string }[],
  tail: string,
): AsyncGenerator<Buffer, void> {
  for (const { span, head } of parts) {
    yield Buffer.from(head);
    // oxlint-disable-next-line no-await-in-loop -- the parts stand one behind the other
    const content = await request.open({ firstByte: span.firstByte, lastByte: span.endByte - 1 });
    if (content.isBeyond || !isSameContent(content, facts)) {
      if (!content.isBeyond) content.body.destroy();
      throw new Error('The recording has changed while it was read.');
    }
    yield* bytesOf(request, content, span);
  }
  yield Buffer.from(tail);
}

/** https://www.rfc-editor.org/rfc/rfc9110#name-media-type-multipart-byteranges */
function answerSpans(
  request: ContentRequest,
  facts: ContentFacts,
  size: number,
  spans: readonly ByteSpan[],
): ContentAnswer {
  const boundary = randomUUID();
  const headers = commonHeaders(facts, request.recording);
  const parts = spans.map((span, index) => ({
    span,
    head: `${index === 0 ? '' : '\r\n'}--${boundary}\r\ncontent-type: ${headers['content-type']}\r\ncontent-range: ${contentRange(span, size)}\r\n\r\n`,
  }));
  const tail = `\r\n--${boundary}--\r\n`;
  const length = parts.reduce((sum, { span, head }) => sum + head.length + span.endByte - span.firstByte, tail.length);
  return {
    status: 206,
    headers: {
      ...headers,
      'content-type': `multipart/byteranges; boundary=${boundary}`,
      'content-length': String(length),
    },
    bytes: partsOf(request, facts, parts, tail),
  };
}

/** Where the bytes are that are to be sent of what Graph has opened for a range; null when nothing of it is there. */
function spanWithin(range: ByteRange, { firstByte, endByte, size }: Content): ByteSpan | null {
  if (endByte !== null && (firstByte > 0 || endByte !== size)) return { firstByte, endByte };
  return size === null ? null : spanOf(range, size);
}

/** A range, of the state that is known already if one is; where it is not in that any more, the whole. */
async function openRange(
  request: ContentRequest,
  range: ByteRange,
  known: ContentFacts | null = null,
): Promise<ContentAnswer> {
  const content = await request.open(range);
  if (content.isBeyond) return answerBeyond(content.size);
  if (known !== null && !isSameContent(content, known)) {
    content.body.destroy();
    return openWhole(request);
  }
  // Nobody can tell where the range would end: then a server may take no notice of it.
  if (content.endByte === null) return answerWhole(request, content);
  const span = spanWithin(range, content);
  if (span !== null) return answerSpan(request, content, span);
  content.body.destroy();
  return answerBeyond(content.size);
}

/** For what cannot be decided before it is known how much there is, and in which state. */
async function answerKnowing(request: ContentRequest, ranges: readonly ByteRange[]): Promise<ContentAnswer> {
  const { ifRange, open, recording } = request;
  const facts = await describeContent(open, request.signal);
  // What the client has is of another state, or too little is known: then the ranges mean nothing.
  const isCurrent = ifRange === undefined || ifRange === etagOf(facts, recording);
  if (facts.size === null || !isCurrent) return openWhole(request);
  const spans = spansOf(ranges, facts.size);
  const [span] = spans;
  if (span === undefined) return answerBeyond(facts.size);
  if (spans.length > 1) return answerSpans(request, facts, facts.size, spans);
  return openRange(request, { firstByte: span.firstByte, lastByte: span.endByte - 1 }, facts);
}

/**
 * Answers with the whole or with ranges of it, also where Graph takes no notice of ranges. Rejects with a `GraphError` when Graph
 * has nothing to give. Whoever has the answer reads the bytes to the end, or ends them.
 */
export async function answerContent(request: ContentRequest): Promise<ContentAnswer> {
  if (request.method === 'HEAD') {
    const facts = await describeContent(request.open, request.signal);
    const length = facts.size === null ? {} : { 'content-length': String(facts.size) };
    return { status: 200, headers: { ...commonHeaders(facts, request.recording), ...length }, bytes: null };
  }
  const ranges = readRanges(request.range);
  if (ranges === null) return openWhole(request);
  const [range, ...more] = ranges;
  return more.length > 0 || request.ifRange !== undefined ? answerKnowing(request, ranges) : openRange(request, range);
}
