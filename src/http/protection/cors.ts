/** Which pages of other origins may read responses: https://fetch.spec.whatwg.org/#http-cors-protocol */
import type { FastifyInstance } from 'fastify';
import { errorBody } from '../refusal.ts';
import { CROSS_SITE } from './cross-site.ts';

/**
 * How long browsers cache a preflight response, in seconds: otherwise each request needs one. A removed origin loses
 * access after this time.
 */
const MAX_AGE_SECONDS = 600;

async function answerPreflights(app: FastifyInstance, origins: readonly string[]): Promise<void> {
  const { default: cors } = await import('@fastify/cors');
  // A function, because with a list other origins would see what these are allowed.
  await app.register(cors, {
    origin: async (origin: string | undefined) => origin !== undefined && origins.includes(origin),
    maxAge: MAX_AGE_SECONDS,
    exposedHeaders: ['accept-ranges', 'content-range', 'etag', 'retry-after', 'www-authenticate', 'x-request-id'],
  });
}

/**
 * Lets pages of these origins read responses; without any, no page may. Preflights of other origins are refused. Called
 * before the app has its endpoints.
 */
export async function allowOrigins(app: FastifyInstance, origins: readonly string[]): Promise<void> {
  if (origins.length > 0) await answerPreflights(app, origins);
  app.addHook('onRequest', (request, reply, goOn) => {
    const isPreflight = request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;
    if (isPreflight) reply.code(403).send(errorBody(CROSS_SITE));
    else goOn();
  });
}
