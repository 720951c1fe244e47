/**
 * Subscriptions of routers, whose results are sent to an address of the router. The request names the address, so they
 * are sent only below the configured ones, and only for a subscription that may be executed.
 * https://www.apollographql.com/docs/graphos/routing/operations/subscriptions/callback-protocol
 */
import type { FastifyBaseLogger, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { errorBody, refuseOneTooMany } from '../refusal.ts';
import { hasDocument, requestBody } from './events.ts';
import type { LiveEndpoint } from './live.ts';
import { createRelay } from './relay.ts';
import type { Relay } from './relay.ts';
import { PROTOCOL, callbackAddress, createRouterClient } from './router.ts';
import type { CallbackTarget } from './router.ts';
import { beginStream } from './stream-lifetime.ts';

export interface CallbackEndpoint<Context> extends Pick<
  LiveEndpoint<Context>,
  'openSession' | 'admit' | 'prepare' | 'clock' | 'closing' | 'slots'
> {
  /** The addresses below which routers are; none if the protocol is off. */
  readonly callbackUrls: readonly string[];
  readonly log: FastifyBaseLogger;
}

/** The endpoint for subscriptions of routers. */
export interface Callbacks {
  /** Answers a request whose results are sent elsewhere. Rejects as `OpenSession` does, before anything is sent. */
  answer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply>;
  /** Waits until every router has been notified of the shutdown, which has begun, or its time is over. */
  close(): Promise<void>;
}

/** The bounds of the heartbeat interval that a router requests. */
const SHORTEST_HEARTBEAT_MS = 1_000;
const LONGEST_HEARTBEAT_MS = 3_600_000;

/** Routers that have not been notified by then detect the end themselves. */
const CLOSE_MS = 3_000;

// Nearly all requests want no callback, and match this schema too, because describing a mismatch takes longer.
const withSubscription = z.object({ extensions: z.object({ subscription: z.unknown() }).nullish() });
const subscription = z.object({
  callbackUrl: z.string().max(2_048),
  subscriptionId: z.string().min(1).max(512),
  verifier: z.string().max(2_048),
  heartbeatIntervalMs: z
    .int()
    .max(LONGEST_HEARTBEAT_MS)
    .refine((ms) => ms === 0 || ms >= SHORTEST_HEARTBEAT_MS, `expected 0 or at least ${SHORTEST_HEARTBEAT_MS}`),
});
const body = requestBody
  // The digest of a trusted document is in another extension.
  .extend({ extensions: z.looseObject({ subscription }) })
  .refine(hasDocument, 'expected "query", "documentId" or "extensions.persistedQuery"');

/** Whether the body of a request says that its results are to be sent to an address. */
export function wantsCallback(given: unknown): boolean {
  const { data } = withSubscription.safeParse(given);
  return data?.extensions?.subscription !== undefined && data.extensions.subscription !== null;
}

function refuse(reply: FastifyReply, message: string): FastifyReply {
  return reply.code(400).send(errorBody(message));
}

/** Creates the endpoint. It accepts nothing new once `closing` aborts. */
export function createCallbacks<Context>(endpoint: CallbackEndpoint<Context>): Callbacks {
  const { callbackUrls, clock, closing, log } = endpoint;
  const router = createRouterClient();
  const relays = new Set<Relay>();
  /** The relays that a router has confirmed, by address. */
  const confirmed = new Map<string, Relay>();

  /** Tracks a relay until it has ended. */
  async function watch(relay: Relay, url: string, requestId: string): Promise<void> {
    relays.add(relay);
    try {
      const { outcome, status } = await relay.ended;
      if (outcome === 'failed') log.warn({ requestId, status }, 'a router did not accept a message');
      else if (outcome === 'gone') log.debug({ requestId, status }, 'a router no longer needs events');
    } catch (error) {
      log.error({ requestId, error }, 'unexpected error');
    } finally {
      relays.delete(relay);
      if (confirmed.get(url) === relay) confirmed.delete(url);
    }
  }

  async function answer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const session = await endpoint.openSession(request.headers.authorization);
    if (endpoint.admit(request, reply, session.caller) === null) return reply;
    if (callbackUrls.length === 0) {
      return refuse(
        reply,
        'Subscriptions over callbacks are disabled. Use Server-Sent Events or WebSocket, or ask the operator to add the URL of the router to SUBSCRIPTION_CALLBACK_URLS.',
      );
    }
    const { data, error } = body.safeParse(request.body);
    if (data === undefined) {
      const faults = z.prettifyError(error).replaceAll('\n', ' ');
      return refuse(
        reply,
        `The request does not follow the callback protocol for subscriptions: ${faults}. Correct it.`,
      );
    }
    const { callbackUrl, subscriptionId: id, verifier, heartbeatIntervalMs } = data.extensions.subscription;
    const url = callbackAddress(callbackUrl, callbackUrls);
    if (url === null) {
      return refuse(
        reply,
        'Expected "callbackUrl" to be a plain URL below one in SUBSCRIPTION_CALLBACK_URLS. The gateway sent nothing to it. If it belongs to a router, ask the operator to add it to that variable.',
      );
    }
    const operation = endpoint.prepare(data);
    const { id: requestId, raw } = request;
    // It would be kept for as long as the subscription runs.
    request.body = undefined;
    if (operation.errors !== null) return reply.code(400).send({ errors: operation.errors });
    if (!operation.isSubscription)
      return refuse(
        reply,
        'Only a subscription can have a "callbackUrl". Send this operation without "extensions.subscription".',
      );
    const slot = endpoint.slots.take(session.caller);
    if (typeof slot === 'string') return refuseOneTooMany(reply, slot);

    const lifetime = beginStream(session, endpoint);
    lifetime.signal.addEventListener('abort', slot.release);
    const target: CallbackTarget = { url, id, verifier };
    const caller = {
      requestId,
      transport: 'callback',
      signal: lifetime.signal,
      open: () => session.open(requestId, raw),
    } as const;
    const relay = createRelay({
      target,
      router,
      lifetime,
      closing,
      clock,
      heartbeatIntervalMs,
      answers: () => operation.answers(caller),
    });
    void watch(relay, url, requestId);
    reply.raw.once('close', () => {
      if (!reply.raw.writableFinished) relay.abandon();
    });
    // The router may have disconnected before.
    if (reply.raw.destroyed) relay.abandon();

    const { outcome, status } = await router.send(target, { action: 'check' }, relay.signal);
    if (outcome !== 'taken' || relay.signal.aborted) {
      relay.abandon();
      return refuse(
        reply,
        `Expected the router to confirm the subscription at its "callbackUrl" with 204, but ${status === null ? 'it did not respond' : `it responded with ${status}`}. Check that "subscriptionId" and "verifier" are from this router.`,
      );
    }
    // Routers that share subscriptions give a new one the address of the previous one, which ends here.
    const before = confirmed.get(url);
    confirmed.set(url, relay);
    before?.abandon();
    await Promise.allSettled([before?.ended]);
    // Results are sent when the router has read that it is subscribed.
    reply.raw.once('close', () => relay.begin());
    return reply.headers({ ...PROTOCOL, 'content-type': 'application/json; charset=utf-8' }).send({ data: null });
  }

  return {
    answer,
    async close() {
      const late = Promise.withResolvers<void>();
      const cancel = clock.after(CLOSE_MS, late.resolve);
      await Promise.race([Promise.allSettled([...relays].map(({ ended }) => ended)), late.promise]);
      cancel();
      await router.close();
    },
  };
}
