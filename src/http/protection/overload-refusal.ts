/** Which requests are refused under overload: those that begin expensive work. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Overload, OverloadError, Settle } from './overload.ts';

const CONTENT = '/content/*';

/**
 * The routes where work begins. Health and metrics must answer under overload, pages come from memory, and a
 * notification costs less than refusing it: Graph would send it again, for four hours.
 * https://learn.microsoft.com/en-us/graph/change-notifications-delivery-webhooks#change-notifications
 */
const REFUSING = new Set(['/graphql', CONTENT]);

/** The statuses of responses that cost so much less than an answer that they say nothing about the rate of answers. */
const TURNED_AWAY = new Set([400, 401, 403, 404, 405, 406, 413, 415, 429]);

/**
 * Counts a request until its response is sent, its connection has ended or the returned function is called. Called when
 * its body has arrived and its caller is known, null if callers are not authenticated. Returns null if it has been
 * refused with 503.
 */
export type Admit = (request: FastifyRequest, reply: FastifyReply, caller: string | null) => Settle | null;

function refuse(reply: FastifyReply, error: OverloadError): null {
  void reply.header('retry-after', error.extensions.retryAfter);
  void reply.code(503).send({ errors: [error] });
  return null;
}

/**
 * Refuses requests above the limit with 503, before their bodies are read; running requests continue. Called before the
 * app has its endpoints. A request does not count while its body arrives, because its sender decides how long that
 * takes.
 */
export function refuseOverload(app: FastifyInstance, overload: Overload): Admit {
  const settles = new WeakMap<FastifyRequest, Settle>();

  function admit(request: FastifyRequest, reply: FastifyReply, caller: string | null): Settle | null {
    const settle = overload.begin('http', caller);
    if (typeof settle !== 'function') return refuse(reply, settle);
    settles.set(request, settle);
    // The client may disconnect before the response, or have disconnected by now.
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
    // /graphql counts a request itself, once its caller is known.
    if (request.routeOptions.url !== CONTENT || admit(request, reply, null) !== null) goOn();
  });
  // What is sent from then on, and for how long, is bounded elsewhere.
  app.addHook('onSend', async (request, reply) =>
    settles.get(request)?.(TURNED_AWAY.has(reply.statusCode) ? 'unanswered' : 'answered'),
  );
  return admit;
}
