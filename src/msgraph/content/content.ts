/** The content of a recording as Microsoft Graph returns it: https://learn.microsoft.com/en-us/graph/api/callrecording-get */
import { GraphError, responderOf, sentenceOf } from '../error.ts';
import type { Body, Download } from './download.ts';

/** A byte range, counted from 0: `firstByte` through `lastByte`, or to the end if null; or the last `lastBytes`. */
export type ByteRange =
  { readonly firstByte: number; readonly lastByte: number | null } | { readonly lastBytes: number };

/** What Graph states of content. */
export interface ContentFacts {
  /** The total size in bytes; null when Graph does not state it. */
  readonly size: number | null;
  /** The media type; `DEFAULT_TYPE` if unknown. */
  readonly contentType: string;
  /** The strong entity tag, quotes included; null where there is none. */
  readonly etag: string | null;
}

/** Open content: the caller has to read the body or destroy it. */
export interface Content extends ContentFacts {
  /** The position of the body's first byte in the whole: 0 when Graph has ignored the range. */
  readonly firstByte: number;
  /** The position after the body's last byte; null when it is known only once the body ends. */
  readonly endByte: number | null;
  /** The name of the storage host that sends the body, after a redirect by Graph; null when it is Graph. */
  readonly host: string | null;
  readonly body: Body;
}

/** The range contains none of the content (416). */
export interface BeyondContent {
  readonly isBeyond: true;
  /** The total size in bytes; null when Graph does not state it. */
  readonly size: number | null;
}

export type OpenedContent = (Content & { readonly isBeyond: false }) | BeyondContent;

/** Opens one content, or a range of it, which Graph may ignore. Rejects with a `GraphError` when there is none. */
export type OpenContent = (range: ByteRange | null) => Promise<OpenedContent>;

/** The type that Graph's documents promise, for replies typed only as bytes, as the API description has them. */
const DEFAULT_TYPE = 'video/mp4';
const NO_TYPE = /^$|^(application|binary)\/octet-stream\b/i;
const MEDIA_TYPE = /^(video|audio)\/|^application\/mp4\b/i;

/** More than the first byte takes. When Graph sends the whole, the connection is closed instead. */
const MOST_DUMPED_BYTES = 16 * 1_024;

/** What Graph states of content when its first byte is requested. */
export interface ContentDescription extends ContentFacts {
  /** Whether Graph sent that byte alone. If not, a range is reached only by reading up to it. */
  readonly honoursRanges: boolean;
}

/**
 * Describes content by requesting its first byte: Graph's documents do not mention `HEAD`. Rejects as `open` does, and
 * with the reason of the signal when that aborts before the byte has arrived.
 */
export async function describeContent(open: OpenContent, signal: AbortSignal): Promise<ContentDescription> {
  const content = await open({ firstByte: 0, lastByte: 0 });
  // Only empty content has no first byte.
  if (content.isBeyond) return { size: content.size, contentType: DEFAULT_TYPE, etag: null, honoursRanges: true };
  try {
    await content.body.dump({ limit: MOST_DUMPED_BYTES, signal });
  } finally {
    content.body.destroy();
  }
  const { size, contentType, etag, endByte } = content;
  return { size, contentType, etag, honoursRanges: endByte === 1 };
}

/** Whether bytes of both can be combined, judged by Graph's size and entity tag. With a tag, a size may be unknown. */
export function isSameContent(one: ContentFacts, other: ContentFacts): boolean {
  if (one.etag !== other.etag) return false;
  return one.size === other.size || (one.etag !== null && (one.size === null || other.size === null));
}

/** A range as a `Range` header: https://www.rfc-editor.org/rfc/rfc9110#field.range */
export function rangeHeader(range: ByteRange): string {
  return 'lastBytes' in range ? `bytes=-${range.lastBytes}` : `bytes=${range.firstByte}-${range.lastByte ?? ''}`;
}

function malformed(host: string | null, what: string, sentence: string): GraphError {
  return new GraphError(sentenceOf(`${responderOf(host)} responded to ${what} with ${sentence}.`), {
    reason: 'malformed',
    host,
  });
}

/** A number of bytes; null when a header has none. */
function byteCount(text: string | null | undefined): number | null {
  const count = /^\d+$/.test(text ?? '') ? Number(text) : Number.NaN;
  return Number.isSafeInteger(count) ? count : null;
}

/** Whether the bytes answer the range: no more than it has, and from its first byte unless it is a suffix. */
function isAsked(range: ByteRange, firstByte: number, endByte: number, size: number | null): boolean {
  if (endByte <= firstByte || (size !== null && endByte > size)) return false;
  if ('lastBytes' in range) return endByte - firstByte <= range.lastBytes && (size === null || endByte === size);
  return firstByte === range.firstByte && (range.lastByte === null || endByte <= range.lastByte + 1);
}

/** Makes content of a 200 or a 206. Throws a `GraphError` when it is no video, or not the requested bytes. */
function readBytes({ status, host, header, body }: Download, range: ByteRange | null, what: string): OpenedContent {
  const type = header('content-type') ?? '';
  if (!NO_TYPE.test(type) && !MEDIA_TYPE.test(type)) throw malformed(host, what, `"${type}" instead of a video`);
  const encoding = header('content-encoding') ?? 'identity';
  if (encoding !== 'identity')
    throw malformed(host, what, `the content encoding "${encoding}", which was not requested`);
  const tag = header('etag');
  const common = {
    isBeyond: false,
    contentType: NO_TYPE.test(type) ? DEFAULT_TYPE : type,
    etag: tag?.startsWith('"') === true ? tag : null,
    host,
    body,
  } as const;
  const length = byteCount(header('content-length'));
  if (status === 200) return { ...common, size: length, firstByte: 0, endByte: length };
  const [, first, last, whole] = /^bytes (\d+)-(\d+)\/(\d+|\*)$/i.exec(header('content-range') ?? '') ?? [];
  const firstByte = byteCount(first);
  const lastByte = byteCount(last);
  const size = byteCount(whole);
  if (range === null || firstByte === null || lastByte === null || !isAsked(range, firstByte, lastByte + 1, size)) {
    throw malformed(host, what, 'a different byte range than requested');
  }
  return { ...common, size, firstByte, endByte: lastByte + 1 };
}

/**
 * Makes content of the reply to a request for `range`, null for the whole. Returns null when the reply is an error.
 * Throws a `GraphError` when it is not what was requested. The caller remains responsible for the body.
 */
export function readContent(reply: Download, range: ByteRange | null, what: string): OpenedContent | null {
  if (reply.status === 200 || reply.status === 206) return readBytes(reply, range, what);
  if (reply.status !== 416 || range === null) return null;
  return { isBeyond: true, size: byteCount(/^bytes \*\/(\d+)$/i.exec(reply.header('content-range') ?? '')?.[1]) };
}
