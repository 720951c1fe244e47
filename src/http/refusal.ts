/** How every door says no: in the form that GraphQL clients read. */
import type { FastifyReply } from 'fastify';

interface Extensions {
  /** One of the codes in docs/errors.md. */
  readonly code: string;
  readonly [name: string]: unknown;
}

const BAD_REQUEST: Extensions = { code: 'BAD_REQUEST' };

/** The body of an answer that is one error and nothing else. */
export function errorBody(
  message: string,
  extensions: Extensions = BAD_REQUEST,
): { readonly errors: readonly unknown[] } {
  return { errors: [{ message, extensions }] };
}

const COME_BACK_SECONDS = 5;

/** Answers whoever would be one too many at once, and says when to come back. */
export function refuseOneTooMany(reply: FastifyReply, message: string): FastifyReply {
  void reply.header('retry-after', COME_BACK_SECONDS);
  return reply.code(429).send(errorBody(message, { code: 'THROTTLED', retryAfter: COME_BACK_SECONDS }));
}
