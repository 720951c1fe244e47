/** Whether and for how long the response to a GET may be cached. */
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { jsonText } from './json-text.ts';

/** A response without errors, which may be transient, or extensions, which belong to one request. */
const plainAnswer = jsonText.pipe(z.strictObject({ data: z.record(z.string(), z.unknown()) }));

/**
 * Sets the headers by which the client of a GET may cache the response, if it may: for at least one second, without
 * errors, and only in a private cache (https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2.7). A browser in which
 * another user signs in sends another `Authorization`, and has to send the request again.
 */
export function allowCaching(reply: FastifyReply, body: string, freshForMs: number): void {
  const seconds = Math.floor(freshForMs / 1_000);
  if (seconds < 1 || !plainAnswer.safeParse(body).success) return;
  const vary = [reply.getHeader('vary') ?? [], 'accept', 'authorization'].flat().join(', ');
  void reply.headers({ 'cache-control': `private, max-age=${seconds}`, vary });
}
