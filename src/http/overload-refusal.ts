/** Who is refused when the process can take no more: who asks it to begin something dear. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { wantsEvents } from './events.ts';
import type { Overload } from './overload.ts';

/**
 * The doors at which work begins. Health and metrics have to answer just then, pages come from memory, and a notification costs less
 * than refusing it: Graph would send it again, for four hours.
 * https://learn.microsoft.com/en-us/graph/change-notifications-delivery-webhooks#change-notifications
 */
const REFUSING = new Set(['/graphql', '/content/*']);

/**
 * Refuses whoever is one too many with 503, before anything is read or looked up for them; what goes on goes on. Called before the
 * app has its doors.
 */
export function refuseOverload(app: FastifyInstance, overload: Overload): void {
  const ends = new WeakMap<FastifyRequest, () => void>();
  app.addHook('onRequest', (request, reply, goOn) => {
    if (!REFUSING.has(request.routeOptions.url ?? '')) return goOn();
    const error = overload.refusal('http');
    if (error !== null) {
      void reply.header('retry-after', error.extensions.retryAfter);
      void reply.code(503).send({ errors: [error] });
      return undefined;
    }
    // Who listens has bounds of their own, and what is asked once is counted when it is executed.
    if (wantsEvents(request.headers.accept)) return goOn();
    const end = overload.begin();
    ends.set(request, end);
    // Its caller may leave before there is an answer.
    reply.raw.once('close', end);
    return goOn();
  });
  // What is sent from then on, and for how long, is bounded elsewhere.
  app.addHook('onSend', async (request) => ends.get(request)?.());
}
