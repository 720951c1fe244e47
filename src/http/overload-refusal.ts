/** Who is refused when the process can take no more: who asks it to begin something dear. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Overload, OverloadError, Settle } from './overload.ts';

const CONTENT = '/content/*';

/**
 * The doors at which work begins. Health and metrics have to answer just then, pages come from memory, and a notification costs less
 * than refusing it: Graph would send it again, for four hours.
 * https://learn.microsoft.com/en-us/graph/change-notifications-delivery-webhooks#change-notifications
 */
const REFUSING = new Set(['/graphql', CONTENT]);

/** What costs so much less than an answer that it says nothing about how many of those can be given. */
const TURNED_AWAY = new Set([400, 401, 403, 404, 405, 406, 413, 415, 429]);

/**
 * Counts a request until its answer is sent, its connection has ended, or it is settled by what is given back. Called when it has come
 * whole and its caller is known. Null where it is one too many, and has been refused.
 */
export type Admit = (request: FastifyRequest, reply: FastifyReply) => Settle | null;

function refuse(reply: FastifyReply, error: OverloadError): null {
  void reply.header('retry-after', error.extensions.retryAfter);
  void reply.code(503).send({ errors: [error] });
  return null;
}

/**
 * Refuses whoever is one too many with 503, before anything is read or looked up for them; what goes on goes on. Called before the
 * app has its doors. What is only on its way does not count, since whoever sends it may take as long as they like.
 */
export function refuseOverload(app: FastifyInstance, overload: Overload): Admit {
  const settles = new WeakMap<FastifyRequest, Settle>();

  function admit(request: FastifyRequest, reply: FastifyReply): Settle | null {
    // Others may have begun since it came.
    const error = overload.refusal('http');
    if (error !== null) return refuse(reply, error);
    const settle = overload.begin();
    settles.set(request, settle);
    // Its caller may leave before there is an answer, or have left by now.
    reply.raw.once('close', () => settle('unanswered'));
    if (reply.raw.destroyed) settle('unanswered');
    return settle;
  }

  app.addHook('onRequest', (request, reply, goOn) => {
    const error = REFUSING.has(request.routeOptions.url ?? '') ? overload.refusal('http') : null;
    if (error === null) goOn();
    else refuse(reply, error);
  });
  app.addHook('preHandler', (request, reply, goOn) => {
    // At /graphql the door counts, when it knows its caller.
    if (request.routeOptions.url !== CONTENT || admit(request, reply) !== null) goOn();
  });
  // What is sent from then on, and for how long, is bounded elsewhere.
  app.addHook('onSend', async (request, reply) =>
    settles.get(request)?.(TURNED_AWAY.has(reply.statusCode) ? 'unanswered' : 'answered'),
  );
  return admit;
}
