/** Refusals of all endpoints, as GraphQL clients read them. */
import type { FastifyReply } from 'fastify';

interface Extensions {
  /** One of the codes in docs/errors.md. */
  readonly code: string;
  readonly [name: string]: unknown;
}

const BAD_REQUEST: Extensions = { code: 'BAD_REQUEST' };

/** The body of a response that is only one error. */
export function errorBody(
  message: string,
  extensions: Extensions = BAD_REQUEST,
): { readonly errors: readonly unknown[] } {
  return { errors: [{ message, extensions }] };
}

/** When to retry a refusal that is temporary. */
export const COME_BACK_SECONDS = 5;

/** The error of a request above a limit of concurrency. */
export function oneTooMany(message: string): { readonly message: string; readonly extensions: Extensions } {
  return { message, extensions: { code: 'THROTTLED', retryAfter: COME_BACK_SECONDS } };
}

/** Refuses a request above a limit of concurrency, and says when to retry. */
export function refuseOneTooMany(reply: FastifyReply, message: string): FastifyReply {
  void reply.header('retry-after', COME_BACK_SECONDS);
  return reply.code(429).send({ errors: [oneTooMany(message)] });
}
