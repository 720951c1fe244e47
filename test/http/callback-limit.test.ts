/** How many subscriptions a door answers over callbacks, and how one ends: easier seen of a small door. */
import { parse } from 'graphql';
import { expect, it, onTestFinished } from 'vitest';
import { createApp } from '../../src/http/app.ts';
import { createCallbacks } from '../../src/http/callback.ts';
import { LISTENING } from '../../src/http/live.ts';
import { createPlaces } from '../../src/http/places.ts';
import type { PlaceLimits, Places } from '../../src/http/places.ts';
import { startCallbackRouter, subscribe } from '../support/callback-router.ts';
import type { CallbackRouter, SubscriptionExtension } from '../support/callback-router.ts';
import { createDrivenClock } from '../support/clock.ts';
import type { DrivenClock } from '../support/clock.ts';
import { at } from '../support/gateway.ts';
import { createCapturedLog } from '../support/log.ts';

interface Door {
  readonly router: CallbackRouter;
  readonly clock: DrivenClock;
  /** Shared with the other doors of a gateway. */
  readonly places: Places;
  /** Asks as a caller who is known by this name. */
  readonly ask: (caller: string, extension: SubscriptionExtension) => ReturnType<typeof subscribe>;
}

const NOTHING = 'subscription { nothing }';

/** A door at which nothing is ever new until it is over, or at which answering fails at once. */
async function startDoor(limits: PlaceLimits, fails = false): Promise<Door> {
  const { log } = createCapturedLog();
  const clock = createDrivenClock();
  const router = await startCallbackRouter();
  const closing = new AbortController();
  const places = createPlaces(limits, LISTENING);
  const callbacks = createCallbacks({
    callbackUrls: [router.callbackUrl],
    places,
    log,
    clock,
    closing: closing.signal,
    openSession: async (authorization) => ({
      endsAtMs: null,
      caller: authorization ?? null,
      open: () => ({ context: null, end: () => {}, freshForMs: () => 0 }),
    }),
    prepare: () => ({
      errors: null,
      document: parse(NOTHING),
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
  return { router, clock, places, ask };
}

it('A door answers so many subscriptions over callbacks at once, and one more when one has ended', async () => {
  const { router, clock, ask } = await startDoor({ inAll: 2, perCaller: 2 });
  const [first, second] = [router.subscription(1_000), router.subscription()];
  for (const extension of [first, second]) expect(await ask('a', extension)).toMatchObject({ status: 200 });
  const third = router.subscription();
  const { status, headers, body } = await ask('b', third);
  expect([status, headers.get('retry-after')]).toEqual([429, '5']);
  expect(body).toMatchObject({ errors: [{ extensions: { code: 'THROTTLED', retryAfter: 5 } }] });
  expect(at(body, 'errors.0.message')).toContain('At most 2 connections are open to listen');
  expect(new Set(router.received.map(({ message }) => message.id))).toEqual(
    new Set([first, second].map(({ subscriptionId }) => subscriptionId)),
  );
  // The next heartbeat learns that it is over.
  router.terminate(first);
  await clock.waiting(750);
  clock.advance(750);
  await expect.poll(async () => (await ask('b', third)).status, { timeout: 10_000 }).toBe(200);
});

it('A caller takes no more of the places than one may have, whichever doors they came by', async () => {
  const { router, places, ask } = await startDoor({ inAll: 10, perCaller: 2 });
  expect(typeof places.take('a')).toBe('object');
  expect(await ask('a', router.subscription())).toMatchObject({ status: 200 });
  const { status, body } = await ask('a', router.subscription());
  expect([status, at(body, 'errors.0.message')]).toEqual([429, expect.stringContaining('A caller may have 2')]);
  expect(await ask('b', router.subscription())).toMatchObject({ status: 200 });
});

it('A subscription that its router does not confirm keeps no place', async () => {
  const { router, places, ask } = await startDoor({ inAll: 1, perCaller: 1 });
  router.answerWith('check', 404);
  expect(await ask('a', router.subscription())).toMatchObject({ status: 400 });
  expect(typeof places.take('a')).toBe('object');
});

it('A subscription whose answers fail is over: its router is told so, hears no heartbeats after that, and the place is free', async () => {
  const { router, clock, places, ask } = await startDoor({ inAll: 1, perCaller: 1 }, true);
  const extension = router.subscription(1_000);
  expect(await ask('a', extension)).toMatchObject({ status: 200 });
  expect(await router.next()).toMatchObject({ message: { action: 'check' } });
  expect(await router.next()).toMatchObject({
    message: { action: 'complete', errors: [{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }] },
  });
  expect(typeof places.take('a')).toBe('object');
  const came = router.received.length;
  clock.advance(10_000);
  expect(await ask('b', router.subscription())).toMatchObject({ status: 429 });
  expect(router.received.slice(came)).toEqual([]);
});
