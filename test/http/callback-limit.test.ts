/** How many subscriptions a door answers over callbacks, which is easier seen of a small number. */
import { parse } from 'graphql';
import { expect, it, onTestFinished } from 'vitest';
import { createApp } from '../../src/http/app.ts';
import { createCallbacks } from '../../src/http/callback.ts';
import { systemClock } from '../../src/msgraph/clock.ts';
import { startCallbackRouter, subscribe } from '../support/callback-router.ts';
import { at } from '../support/gateway.ts';
import { createCapturedLog } from '../support/log.ts';

async function startDoor(callbackUrl: string, most: number): Promise<{ readonly url: string }> {
  const { log } = createCapturedLog();
  const closing = new AbortController();
  const callbacks = createCallbacks({
    callbackUrls: [callbackUrl],
    most,
    log,
    clock: systemClock,
    closing: closing.signal,
    openSession: async () => ({
      endsAtMs: null,
      caller: null,
      open: () => ({ context: null, end: () => {}, freshForMs: () => 0 }),
    }),
    prepare: () => ({
      errors: null,
      document: parse('subscription { nothing }'),
      async *answers({ signal }) {
        // Nothing is ever new, until it is over.
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        if (!signal.aborted) yield {};
      },
    }),
  });
  const app = createApp(log);
  app.post('/graphql', (request, reply) => callbacks.answer(request, reply));
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(async () => {
    closing.abort();
    await Promise.all([app.close(), callbacks.close()]);
  });
  return { url };
}

it('A door answers so many subscriptions over callbacks at once, and one more when one has ended', async () => {
  const router = await startCallbackRouter();
  const door = await startDoor(router.callbackUrl, 2);
  const [first, second] = [router.subscription(1_000), router.subscription()];
  for (const extension of [first, second])
    expect(await subscribe(door, 'subscription { nothing }', {}, extension)).toMatchObject({ status: 200 });
  const third = router.subscription();
  const { status, headers, body } = await subscribe(door, 'subscription { nothing }', {}, third);
  expect([status, headers.get('retry-after')]).toEqual([429, '5']);
  expect(body).toMatchObject({ errors: [{ extensions: { code: 'THROTTLED', retryAfter: 5 } }] });
  expect(at(body, 'errors.0.message')).toContain('At most 2 subscriptions');
  expect(new Set(router.received.map(({ message }) => message.id))).toEqual(
    new Set([first, second].map(({ subscriptionId }) => subscriptionId)),
  );
  // The next heartbeat learns that it is over.
  router.terminate(first);
  await expect
    .poll(async () => (await subscribe(door, 'subscription { nothing }', {}, third)).status, { timeout: 10_000 })
    .toBe(200);
});
