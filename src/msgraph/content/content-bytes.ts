/** Reads exactly the requested bytes of a recording, even when Graph ignores ranges or breaks off once. */
import { onAbort } from '../../abort.ts';
import { GraphError, responderOf, sentenceOf } from '../error.ts';
import { transportError } from '../exchange/transport.ts';
import { isSameContent } from './content.ts';
import type { Content } from './content.ts';

/** A span of bytes in the content. */
export interface Span {
  readonly firstByte: number;
  /** The position after the last byte; null for the end, wherever that is. */
  readonly endByte: number | null;
}

interface BytesOptions {
  /** Opened for this span, or for the whole. Its body is read, and destroyed at the end. */
  readonly content: Content;
  readonly span: Span;
  /** Reopens the content at a byte; null when Graph cannot begin there. */
  readonly reopen: (firstByte: number) => Promise<Content | null>;
  /** Aborts when the bytes are no longer wanted: Graph's stream is then closed at once, not at its next chunk. */
  readonly signal: AbortSignal;
}

/**
 * Yields the bytes of a span chunk by chunk, each when the one before was taken. Bytes before the span are read and
 * dropped. When Graph breaks off, reading resumes there once if the content is unchanged; otherwise it throws a
 * `GraphError`, so that no reader takes a part for the whole. A caller that never begins to read must abort.
 */
export function readSpan({ content, span, reopen, signal }: BytesOptions): AsyncGenerator<Buffer, void> {
  let current = content;
  let at = content.firstByte;
  let mayResume = true;
  const close = (): void => void current.body.destroy();
  // Not only once reading begins: the viewer may leave before that.
  const stopListening = onAbort(signal, close);

  async function resume(error: unknown): Promise<void> {
    const from = Math.max(at, span.firstByte);
    const next = mayResume && !signal.aborted ? await reopen(from) : null;
    mayResume = false;
    const failure = transportError(error, 'a request for the content of a recording', current.host);
    if (next === null) throw failure;
    current = next;
    at = next.firstByte;
    if (signal.aborted || !isSameContent(next, content) || at !== from) throw failure;
  }

  async function* pieces(): AsyncGenerator<Buffer, void> {
    try {
      for (;;) {
        try {
          for await (const piece of current.body) {
            const from = Math.max(0, span.firstByte - at);
            const to = span.endByte === null ? piece.length : Math.min(piece.length, span.endByte - at);
            at += piece.length;
            if (from < to) yield piece.subarray(from, to);
            if (span.endByte !== null && at >= span.endByte) return;
          }
          const endByte = span.endByte ?? current.endByte;
          if (endByte === null || at >= endByte) return;
          const { host } = current;
          throw new GraphError(
            sentenceOf(`${responderOf(host)} ended the content of a recording after ${at} of ${endByte} bytes.`),
            { reason: 'unreachable', host },
          );
        } catch (error) {
          await resume(error);
        }
      }
    } finally {
      stopListening();
      close();
    }
  }

  return pieces();
}
