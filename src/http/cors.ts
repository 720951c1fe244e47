/** Which pages of other origins may read what is answered: https://fetch.spec.whatwg.org/#http-cors-protocol */
import type { FastifyInstance } from 'fastify';

/** So long a browser need not ask again whether a page may ask, in seconds: it would before each request. An origin that is taken away is taken by then. */
const MAX_AGE_SECONDS = 600;

/** Lets pages of these origins read answers; where there are none nothing is said, and none may. Called before the app has its doors. */
export async function allowOrigins(app: FastifyInstance, origins: readonly string[]): Promise<void> {
  if (origins.length === 0) return;
  const { default: cors } = await import('@fastify/cors');
  // A function, because a list would have other origins told what is allowed to these.
  await app.register(cors, {
    origin: async (origin: string | undefined) => origin !== undefined && origins.includes(origin),
    maxAge: MAX_AGE_SECONDS,
    exposedHeaders: ['accept-ranges', 'content-range', 'etag', 'retry-after', 'www-authenticate', 'x-request-id'],
  });
}
