/** The response to one request for a recording's content: https://www.rfc-editor.org/rfc/rfc9110#section-14 */
import { createHash } from 'node:crypto';
import { describeContent, isSameContent } from '../../msgraph/content/content.ts';
import type { ByteRange, Content, ContentDescription, ContentFacts } from '../../msgraph/content/content.ts';
import { contentRange, readRanges, spanOf, spansOf } from './byte-ranges.ts';
import type { ByteSpan } from './byte-ranges.ts';
import { multipart } from './content-parts.ts';
import { bytesOf } from './content-request.ts';
import type { ContentRequest } from './content-request.ts';

export interface ContentAnswer {
  readonly status: 200 | 206 | 304 | 416;
  readonly headers: Readonly<Record<string, string>>;
  /** The body, read from Graph as it is consumed; null if there is none. */
  readonly bytes: AsyncGenerator<Buffer, void> | null;
  /** Whether Graph sends other bytes before the first one, which are dropped. So it may take any time. */
  readonly skips: boolean;
}

/**
 * The entity tag: a digest of the recording and of Graph's own tag, or of the size if there is none: Graph need not
 * state the size in every response. Recordings do not change once they exist. Null if too little is known to tell one
 * state from another.
 */
function etagOf({ size, etag }: ContentFacts, recording: string): string | null {
  if (size === null && etag === null) return null;
  return `"${createHash('sha256')
    .update(JSON.stringify([recording, etag ?? size]))
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

function answerWhole(request: ContentRequest, content: Content): ContentAnswer {
  const length = content.size === null ? {} : { 'content-length': String(content.size) };
  return {
    status: 200,
    headers: { ...commonHeaders(content, request.recording), ...length },
    bytes: bytesOf(request, content, { firstByte: 0, endByte: content.size }),
    skips: false,
  };
}

async function openWhole(request: ContentRequest): Promise<ContentAnswer> {
  const content = await request.open(null);
  if (content.isBeyond) throw new Error('Expected the whole content, but Microsoft Graph refused a range.');
  return answerWhole(request, content);
}

function answerBeyond(size: number | null): ContentAnswer {
  return {
    status: 416,
    headers: size === null ? {} : { 'content-range': `bytes */${size}` },
    bytes: null,
    skips: false,
  };
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
    skips: span.firstByte > content.firstByte,
  };
}

function answerSpans(request: ContentRequest, about: ContentDescription, spans: readonly ByteSpan[]): ContentAnswer {
  const { headers, bytes } = multipart(request, about, spans);
  return {
    status: 206,
    headers: { ...commonHeaders(about, request.recording), ...headers },
    bytes,
    skips: !about.honoursRanges && spans.every(({ firstByte }) => firstByte > 0),
  };
}

/** The span to send of what Graph has opened for a range; null when the range contains nothing. */
function spanWithin(range: ByteRange, { firstByte, endByte, size }: Content): ByteSpan | null {
  if (endByte !== null && (firstByte > 0 || endByte !== size)) return { firstByte, endByte };
  return size === null ? null : spanOf(range, size);
}

function answerRange(request: ContentRequest, range: ByteRange, content: Content): ContentAnswer {
  // The end of the range is unknown. A server may then ignore the range.
  if (content.endByte === null) return answerWhole(request, content);
  const span = spanWithin(range, content);
  if (span !== null) return answerSpan(request, content, span);
  content.body.destroy();
  return answerBeyond(content.size);
}

/** Opens a range. If the content is no longer in the `known` state, opens the whole. */
async function openRange(
  request: ContentRequest,
  range: ByteRange,
  known: ContentFacts | null = null,
): Promise<ContentAnswer> {
  const content = await request.open(range);
  if (content.isBeyond) return answerBeyond(content.size);
  if (known === null || isSameContent(content, known)) return answerRange(request, range, content);
  content.body.destroy();
  return openWhole(request);
}

/** Answers a range for a client that has part of the content: if that is of another or an unknown state, the whole. */
async function answerIfCurrent(request: ContentRequest, range: ByteRange): Promise<ContentAnswer> {
  const { ifRange, open, recording, signal } = request;
  const content = await open(range);
  const facts = content.isBeyond ? await describeContent(open, signal) : content;
  const isCurrent = ifRange === etagOf(facts, recording);
  if (content.isBeyond) return isCurrent ? answerBeyond(facts.size) : openWhole(request);
  if (isCurrent) return answerRange(request, range, content);
  content.body.destroy();
  return openWhole(request);
}

/** Answers several ranges, for which the size and the state must be known. */
async function answerRanges(request: ContentRequest, ranges: readonly ByteRange[]): Promise<ContentAnswer> {
  const { ifRange, open, recording, signal } = request;
  const about = await describeContent(open, signal);
  const isCurrent = ifRange === undefined || ifRange === etagOf(about, recording);
  if (about.size === null || !isCurrent) return openWhole(request);
  const spans = spansOf(ranges, about.size);
  const [span] = spans;
  if (span === undefined) return answerBeyond(about.size);
  if (spans.length > 1) return answerSpans(request, about, spans);
  return openRange(request, { firstByte: span.firstByte, lastByte: span.endByte - 1 }, about);
}

async function answerAsked(request: ContentRequest): Promise<ContentAnswer> {
  if (request.method === 'HEAD') {
    const facts = await describeContent(request.open, request.signal);
    const length = facts.size === null ? {} : { 'content-length': String(facts.size) };
    return {
      status: 200,
      headers: { ...commonHeaders(facts, request.recording), ...length },
      bytes: null,
      skips: false,
    };
  }
  const ranges = readRanges(request.range);
  if (ranges === null) return openWhole(request);
  const [range, ...more] = ranges;
  if (more.length > 0) return answerRanges(request, ranges);
  return request.ifRange === undefined ? openRange(request, range) : answerIfCurrent(request, range);
}

/**
 * Whether the client has named the entity tag of an answer, so that it has the bytes:
 * https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2
 */
function isKnown({ status, headers: { etag } }: ContentAnswer, ifNoneMatch = ''): boolean {
  return status !== 416 && etag !== undefined && (ifNoneMatch.includes(etag) || ifNoneMatch.trim() === '*');
}

/**
 * Answers with the whole or with ranges of it, even if Graph ignores ranges; without bytes if the client has them.
 * Rejects with a `GraphError` when Graph has nothing to give. The caller reads the bytes to the end, or ends them with
 * the signal.
 */
export async function answerContent(request: ContentRequest): Promise<ContentAnswer> {
  const answer = await answerAsked(request);
  if (!isKnown(answer, request.ifNoneMatch)) return answer;
  // What Graph has begun to send is ended with the response.
  return { status: 304, headers: { etag: answer.headers['etag'] ?? '' }, bytes: null, skips: false };
}
