/** One request for the content of a recording, and how its bytes are read. */
import { readSpan } from '../../msgraph/content/content-bytes.ts';
import type { Span } from '../../msgraph/content/content-bytes.ts';
import type { Content, OpenContent } from '../../msgraph/content/content.ts';

export interface ContentRequest {
  readonly method: string;
  /** The `Range` header. */
  readonly range: string | undefined;
  /** The `If-None-Match` header. */
  readonly ifNoneMatch: string | undefined;
  /** The `If-Range` header. */
  readonly ifRange: string | undefined;
  /** Identifies the recording. */
  readonly recording: string;
  /** Opens the content at Graph. */
  readonly open: OpenContent;
  /** Aborts when the client has left. */
  readonly signal: AbortSignal;
}

/** The bytes of a span of content that is already open. */
export function bytesOf({ open, signal }: ContentRequest, content: Content, span: Span): AsyncGenerator<Buffer, void> {
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
