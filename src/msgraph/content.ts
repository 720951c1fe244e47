/** The content of a recording as Microsoft Graph answers it: https://learn.microsoft.com/en-us/graph/api/callrecording-get */
import type { Body, Download } from './download.ts';
import { GraphError } from './error.ts';

/** Which bytes of a whole are meant, the first being 0: from one to another, that one included, or to the end; or so many last ones. */
export type ByteRange =
  { readonly firstByte: number; readonly lastByte: number | null } | { readonly lastBytes: number };

/** What Graph says of content. */
export interface ContentFacts {
  /** The size of the whole in bytes; null where Graph does not say. */
  readonly size: number | null;
  /** The media type, as far as Graph says it. */
  readonly contentType: string;
  /** The strong entity tag, quotes included; null where there is none. */
  readonly etag: string | null;
}

/** Content that is open: somebody has to read the body, or to destroy it. */
export interface Content extends ContentFacts {
  /** Which byte the body begins with: with the first of the whole where Graph takes no notice of ranges. */
  readonly firstByte: number;
  /** Where the body ends: the number of the first byte behind it; null where that shows only when it ends. */
  readonly endByte: number | null;
  readonly body: Body;
}

/** There is content, but nothing of it in the range. */
export interface BeyondContent {
  readonly isBeyond: true;
  /** The size of the whole in bytes; null where Graph does not say. */
  readonly size: number | null;
}

export type OpenedContent = (Content & { readonly isBeyond: false }) | BeyondContent;

/** Opens one content, or a range of it, of which Graph may take no notice. Rejects with a `GraphError` when there is none. */
export type OpenContent = (range: ByteRange | null) => Promise<OpenedContent>;

/** What the documents promise, for where a reply says only that it is bytes, which is what the description of the API says. */
const DEFAULT_TYPE = 'video/mp4';
const NO_TYPE = /^$|^(application|binary)\/octet-stream\b/i;
const MEDIA_TYPE = /^(video|audio)\/|^application\/mp4\b/i;

/** More than the first byte takes. Where Graph sends the whole the connection is given up instead. */
const MOST_DUMPED_BYTES = 16 * 1_024;

/** What Graph says of content when it is asked for its first byte. */
export interface ContentDescription extends ContentFacts {
  /** Whether it gave that byte alone. Where it does not, whatever begins later has to be read up to. */
  readonly honoursRanges: boolean;
}

/**
 * What Graph says of a content, asked for by its first byte: of `HEAD` its documents say nothing. Rejects as `open` does, and
 * with the reason of the signal when that aborts before the byte is there.
 */
export async function describeContent(open: OpenContent, signal: AbortSignal): Promise<ContentDescription> {
  const content = await open({ firstByte: 0, lastByte: 0 });
  // Only what is empty has no first byte.
  if (content.isBeyond) return { size: content.size, contentType: DEFAULT_TYPE, etag: null, honoursRanges: true };
  try {
    await content.body.dump({ limit: MOST_DUMPED_BYTES, signal });
  } finally {
    content.body.destroy();
  }
  const { size, contentType, etag, endByte } = content;
  return { size, contentType, etag, honoursRanges: endByte === 1 };
}

/** Whether bytes of the one can stand beside bytes of the other, as far as Graph says. */
export function isSameContent(one: ContentFacts, other: ContentFacts): boolean {
  return one.size === other.size && one.etag === other.etag;
}

/** A range as a `Range` header: https://www.rfc-editor.org/rfc/rfc9110#field.range */
export function rangeHeader(range: ByteRange): string {
  return 'lastBytes' in range ? `bytes=-${range.lastBytes}` : `bytes=${range.firstByte}-${range.lastByte ?? ''}`;
}

function malformed(what: string, sentence: string): GraphError {
  return new GraphError(`Microsoft Graph answered ${what} with ${sentence}.`, { reason: 'malformed' });
}

/** A number of bytes; null where a header has none. */
function byteCount(text: string | null | undefined): number | null {
  const count = /^\d+$/.test(text ?? '') ? Number(text) : Number.NaN;
  return Number.isSafeInteger(count) ? count : null;
}

/** Whether what came is what was asked for: from where it was to begin, and no further than it was to go. */
function isAsked(range: ByteRange, firstByte: number, endByte: number, size: number | null): boolean {
  if (endByte <= firstByte || (size !== null && endByte > size)) return false;
  if ('lastBytes' in range) return endByte - firstByte <= range.lastBytes && (size === null || endByte === size);
  return firstByte === range.firstByte && (range.lastByte === null || endByte <= range.lastByte + 1);
}

/** Makes content of a 200 or a 206. Throws a `GraphError` when it is none, or other bytes than were asked for. */
function readBytes({ status, header, body }: Download, range: ByteRange | null, what: string): OpenedContent {
  const type = header('content-type') ?? '';
  if (!NO_TYPE.test(type) && !MEDIA_TYPE.test(type)) throw malformed(what, `"${type}" instead of a video`);
  const encoding = header('content-encoding') ?? 'identity';
  if (encoding !== 'identity') throw malformed(what, `bytes in the encoding "${encoding}", which nobody asked for`);
  const tag = header('etag');
  const common = {
    isBeyond: false,
    contentType: NO_TYPE.test(type) ? DEFAULT_TYPE : type,
    etag: tag?.startsWith('"') === true ? tag : null,
    body,
  } as const;
  const length = byteCount(header('content-length'));
  if (status === 200) return { ...common, size: length, firstByte: 0, endByte: length };
  const [, first, last, whole] = /^bytes (\d+)-(\d+)\/(\d+|\*)$/i.exec(header('content-range') ?? '') ?? [];
  const firstByte = byteCount(first);
  const lastByte = byteCount(last);
  const size = byteCount(whole);
  if (range === null || firstByte === null || lastByte === null || !isAsked(range, firstByte, lastByte + 1, size)) {
    throw malformed(what, 'other bytes than were asked for');
  }
  return { ...common, size, firstByte, endByte: lastByte + 1 };
}

/**
 * Makes content of a reply that was asked for `range`, null for the whole; null where the reply is none, but an error.
 * Throws a `GraphError` when it holds something else than was asked for. What becomes of the body is the caller's business.
 */
export function readContent(reply: Download, range: ByteRange | null, what: string): OpenedContent | null {
  if (reply.status === 200 || reply.status === 206) return readBytes(reply, range, what);
  if (reply.status !== 416 || range === null) return null;
  return { isBeyond: true, size: byteCount(/^bytes \*\/(\d+)$/i.exec(reply.header('content-range') ?? '')?.[1]) };
}
