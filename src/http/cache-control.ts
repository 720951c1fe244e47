/** Whether and for how long whoever has asked by GET may keep the answer. */
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { jsonText } from './json-text.ts';

/** An answer with neither errors, which may be over the next time, nor extensions, which belong to one request. */
const plainAnswer = jsonText.pipe(z.strictObject({ data: z.record(z.string(), z.unknown()) }));

/**
 * Says with the headers of a reply to a GET for how long its caller may keep it, where they may: for a whole second at
 * least, an answer without errors, and only in a cache that is theirs
 * (https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2.7). A browser in which somebody else signs in has another
 * `Authorization`, for which it has to ask anew.
 */
export function allowCaching(reply: FastifyReply, body: string, freshForMs: number): void {
  const seconds = Math.floor(freshForMs / 1_000);
  if (seconds < 1 || !plainAnswer.safeParse(body).success) return;
  const vary = [reply.getHeader('vary') ?? [], 'accept', 'authorization'].flat().join(', ');
  void reply.headers({ 'cache-control': `private, max-age=${seconds}`, vary });
}
