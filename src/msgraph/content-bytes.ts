/** Exactly the bytes that are wanted of a recording, whatever Graph makes of ranges, and once in spite of a break. */
import { isSameContent } from './content.ts';
import type { Content } from './content.ts';
import { GraphError } from './error.ts';
import { transportError } from './transport.ts';

/** Where bytes are in the whole. */
export interface Span {
  readonly firstByte: number;
  /** The number of the first byte behind it; null for the end, wherever that is. */
  readonly endByte: number | null;
}

interface BytesOptions {
  /** Opened for this span, or for the whole. Its body is read, and destroyed at the end. */
  readonly content: Content;
  readonly span: Span;
  /** Opens the rest from a byte on; null when Graph cannot begin there. */
  readonly reopen: (firstByte: number) => Promise<Content | null>;
  /** Aborts when nobody wants the bytes any more: then Graph's stream is closed at once, and not at its next piece. */
  readonly signal: AbortSignal;
}

/**
 * Gives the bytes of a span, piece by piece, each when the one before was taken. Where the body begins before the span,
 * what is before is read and dropped. When Graph breaks off it goes on once from where that was, if the content is still the
 * same; otherwise throws a `GraphError`, so that nobody takes a part for the whole. Whoever never begins to read has to abort.
 */
export function readSpan({ content, span, reopen, signal }: BytesOptions): AsyncGenerator<Buffer, void> {
  let current = content;
  let at = content.firstByte;
  let mayResume = true;
  const close = (): void => void current.body.destroy();
  // Here and not where reading begins: the viewer may leave before that.
  signal.addEventListener('abort', close, { once: true });
  if (signal.aborted) close();

  async function resume(error: unknown): Promise<void> {
    const from = Math.max(at, span.firstByte);
    const next = mayResume && !signal.aborted ? await reopen(from) : null;
    mayResume = false;
    const failure = transportError(error, 'the content of a recording');
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
          throw new GraphError(`Microsoft Graph ended after ${at} bytes of a recording instead of ${endByte}.`, {
            reason: 'unreachable',
          });
        } catch (error) {
          await resume(error);
        }
      }
    } finally {
      signal.removeEventListener('abort', close);
      close();
    }
  }

  return pieces();
}
