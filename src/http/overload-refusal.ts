/** Who is refused when the process can take no more: who asks it to begin something dear. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Overload, Settle } from './overload.ts';

/**
 * The doors at which work begins. Health and metrics have to answer just then, pages come from memory, and a notification costs less
 * than refusing it: Graph would send it again, for four hours.
 * https://learn.microsoft.com/en-us/graph/change-notifications-delivery-webhooks#change-notifications
 */
const REFUSING = new Set(['/graphql', '/content/*']);

/** What costs so much less than an answer that it says nothing about how many of those can be given. */
const TURNED_AWAY = new Set([400, 401, 403, 404, 405, 406, 413, 415, 429]);

/** Gives what settles a request whose answer is not sent in the usual way. */
export type SettleOf = (request: FastifyRequest) => Settle;

const nothingToSettle = (): void => {};

/**
 * Refuses whoever is one too many with 503, before anything is read or looked up for them; what goes on goes on. Called before the
 * app has its doors. Everybody else is open until their answer is sent, or until they are settled by what is given back.
 */
export function refuseOverload(app: FastifyInstance, overload: Overload): SettleOf {
  const settles = new WeakMap<FastifyRequest, Settle>();
  app.addHook('onRequest', (request, reply, goOn) => {
    if (!REFUSING.has(request.routeOptions.url ?? '')) return goOn();
    const error = overload.refusal('http');
    if (error !== null) {
      void reply.header('retry-after', error.extensions.retryAfter);
      void reply.code(503).send({ errors: [error] });
      return undefined;
    }
    const settle = overload.begin();
    settles.set(request, settle);
    // Its caller may leave before there is an answer.
    reply.raw.once('close', () => settle('unanswered'));
    return goOn();
  });
  // What is sent from then on, and for how long, is bounded elsewhere.
  app.addHook('onSend', async (request, reply) =>
    settles.get(request)?.(TURNED_AWAY.has(reply.statusCode) ? 'unanswered' : 'answered'),
  );
  return (request) => settles.get(request) ?? nothingToSettle;
}
