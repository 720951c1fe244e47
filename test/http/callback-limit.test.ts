/** How many callback subscriptions an endpoint accepts and how one ends, tested without a whole gateway. */
import { parse } from 'graphql';
import { expect, it, onTestFinished } from 'vitest';
import { createApp } from '../../src/http/app.ts';
import { createSlots } from '../../src/http/protection/slots.ts';
import type { SlotLimits, Slots } from '../../src/http/protection/slots.ts';
import { createCallbacks } from '../../src/http/transports/callback.ts';
import { LISTENING } from '../../src/http/transports/live.ts';
import { startCallbackRouter, subscribe } from '../support/callback-router.ts';
import type { CallbackRouter, SubscriptionExtension } from '../support/callback-router.ts';
import { createDrivenClock } from '../support/clock.ts';
import type { DrivenClock } from '../support/clock.ts';
import { at } from '../support/gateway.ts';
import { createCapturedLog } from '../support/log.ts';

interface Door {
  readonly router: CallbackRouter;
  readonly clock: DrivenClock;
  /** Shared with the other endpoints of a gateway. */
  readonly slots: Slots;
  /** Subscribes as the caller with this name. */
  readonly ask: (caller: string, extension: SubscriptionExtension) => ReturnType<typeof subscribe>;
}

const NOTHING = 'subscription { nothing }';

/** Starts an endpoint whose subscriptions have no events until they end, or fail at once. */
async function startDoor(limits: SlotLimits, fails = false): Promise<Door> {
  const { log } = createCapturedLog();
  const clock = createDrivenClock();
  const router = await startCallbackRouter();
  const closing = new AbortController();
  const slots = createSlots(limits, LISTENING);
  const callbacks = createCallbacks({
    callbackUrls: [router.callbackUrl],
    slots,
    log,
    clock,
    closing: closing.signal,
    openSession: async (authorization) => ({
      endsAtMs: null,
      caller: authorization ?? null,
      open: () => ({ context: null, end: () => {}, freshForMs: () => 0 }),
    }),
    admit: () => () => {},
    prepare: () => ({
      errors: null,
      document: parse(NOTHING),
      isSubscription: true,
      async *answers({ signal }) {
        if (fails) throw new Error('It cannot be answered.');
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        if (!signal.aborted) yield {};
      },
    }),
  });
  const app = createApp(log, clock);
  app.post('/graphql', (request, reply) => callbacks.answer(request, reply));
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(async () => {
    closing.abort();
    await Promise.all([app.close(), callbacks.close()]);
  });
  const ask: Door['ask'] = (authorization, extension) => subscribe({ url }, NOTHING, {}, extension, { authorization });
  return { router, clock, slots, ask };
}

it('Callback subscriptions beyond the limit are refused until one has ended', async () => {
  const { router, clock, ask } = await startDoor({ inAll: 2, perCaller: 2 });
  const [first, second] = [router.subscription(1_000), router.subscription()];
  for (const extension of [first, second]) expect(await ask('a', extension)).toMatchObject({ status: 200 });
  const third = router.subscription();
  const { status, headers, body } = await ask('b', third);
  expect([status, headers.get('retry-after')]).toEqual([429, '5']);
  expect(body).toMatchObject({ errors: [{ extensions: { code: 'THROTTLED', retryAfter: 5 } }] });
  expect(at(body, 'errors.0.message')).toContain(
    'No more subscription connections can be open at once: the gateway has reached its limit of 2',
  );
  expect(new Set(router.received.map(({ message }) => message.id))).toEqual(
    new Set([first, second].map(({ subscriptionId }) => subscriptionId)),
  );
  // The answer to the next heartbeat ends it.
  router.terminate(first);
  await clock.waiting(750);
  clock.advance(750);
  await expect.poll(async () => (await ask('b', third)).status, { timeout: 10_000 }).toBe(200);
});

it('A place is free for one more, however often it is released', () => {
  const slots = createSlots({ inAll: 2, perCaller: 2 }, LISTENING);
  const taken = ['a', 'b'].map((caller) => slots.take(caller));
  for (const place of [taken[0], taken[0]]) if (typeof place === 'object') place.release();
  expect(['a', 'c'].map((caller) => typeof slots.take(caller))).toEqual(['object', 'string']);
});

it('A caller gets no more subscriptions than the limit per caller, counted over all endpoints', async () => {
  const { router, slots, ask } = await startDoor({ inAll: 10, perCaller: 2 });
  expect(typeof slots.take('a')).toBe('object');
  expect(await ask('a', router.subscription())).toMatchObject({ status: 200 });
  const { status, body } = await ask('a', router.subscription());
  expect([status, at(body, 'errors.0.message')]).toEqual([
    429,
    expect.stringContaining('This caller has reached the limit on subscription connections at once (2)'),
  ]);
  expect(await ask('b', router.subscription())).toMatchObject({ status: 200 });
});

it('A subscription that its router does not confirm does not count', async () => {
  const { router, slots, ask } = await startDoor({ inAll: 1, perCaller: 1 });
  router.answerWith('check', 404);
  expect(await ask('a', router.subscription())).toMatchObject({ status: 400 });
  expect(typeof slots.take('a')).toBe('object');
});

it('A subscription that fails is completed with an error, sends no more heartbeats, and frees its place', async () => {
  const { router, clock, slots, ask } = await startDoor({ inAll: 1, perCaller: 1 }, true);
  const extension = router.subscription(1_000);
  expect(await ask('a', extension)).toMatchObject({ status: 200 });
  expect(await router.next()).toMatchObject({ message: { action: 'check' } });
  expect(await router.next()).toMatchObject({
    message: { action: 'complete', errors: [{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }] },
  });
  expect(typeof slots.take('a')).toBe('object');
  const came = router.received.length;
  clock.advance(10_000);
  expect(await ask('b', router.subscription())).toMatchObject({ status: 429 });
  expect(router.received.slice(came)).toEqual([]);
});
