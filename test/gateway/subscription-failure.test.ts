import { describe, expect, it } from 'vitest';
import type { StoreListener } from '../../src/store/store.ts';
import { createBreakableStore } from '../support/breakable-store.ts';
import { createDrivenClock } from '../support/clock.ts';
import { createTestStore } from '../support/gateway.ts';
import { pass, settle, startSubscribed, subscriptionsOf } from '../support/subscribed.ts';

describe('The subscription at Graph, when it cannot be maintained at once,', () => {
  it.each([
    ['is created again a minute after Graph removed it', 'subscriptionRemoved', 'POST', ['PATCH', 'POST', 'POST']],
    ['is extended a minute after Graph requested it', 'reauthorizationRequired', 'PATCH', ['PATCH', 'PATCH']],
  ] as const)('%s', async (_, event, failing, changes) => {
    const setting = await startSubscribed();
    await settle(setting);
    const { emulator } = setting.gateway;
    const [kept] = await subscriptionsOf(setting);
    emulator.fail({ kind: 'status', status: 403, match: { method: failing, path: '/subscriptions' } });
    await emulator.sendLifecycleEvent(kept?.id ?? '', event);
    await setting.clock.waiting(0);
    setting.clock.advance(0);
    await expect
      .poll(() => setting.gateway.logged())
      .toContain('the subscription at Microsoft Graph could not be maintained');
    await pass(setting, 60);
    await expect.poll(setting.changes).toEqual(['POST', ...changes]);
    await expect.poll(() => subscriptionsOf(setting)).toHaveLength(1);
  });

  it('is created again after twice as long each time, at most an hour, if Graph refuses it for good', async () => {
    const setting = await startSubscribed();
    const { emulator } = setting.gateway;
    const refusal = { kind: 'status', status: 403, match: { method: 'POST', path: '/subscriptions' } } as const;
    emulator.fail({ ...refusal, times: 8 });
    await setting.listen().next();
    for (const [retries, minutes] of [1, 2, 4, 8, 16, 32, 60, 60].entries()) {
      await setting.clock.waiting(minutes * 60_000);
      await pass(setting, minutes * 60 - 1);
      expect(setting.changes()).toHaveLength(retries + 1);
      await pass(setting, 1);
    }
    // The ninth succeeds, and the next failure is a first one again.
    await expect.poll(() => subscriptionsOf(setting)).toHaveLength(1);
    const [kept] = await subscriptionsOf(setting);
    emulator.fail(refusal);
    await emulator.sendLifecycleEvent(kept?.id ?? '', 'subscriptionRemoved');
    const begun = [...Array.from({ length: 9 }, () => 'POST'), 'PATCH', 'POST'];
    await expect
      .poll(async () => {
        await pass(setting, 1);
        return setting.changes();
      })
      .toEqual(begun);
    await pass(setting, 60);
    await expect.poll(setting.changes).toEqual([...begun, 'POST']);
  });

  it('is not requested again before the Retry-After of Graph, but after five minutes at most', async () => {
    const setting = await startSubscribed();
    const { emulator } = setting.gateway;
    for (const retryAfterSeconds of [200, 3_600])
      emulator.fail({
        kind: 'status',
        status: 429,
        retryAfterSeconds,
        match: { method: 'POST', path: '/subscriptions' },
      });
    await setting.listen().next();
    for (const [retries, seconds] of [200, 300].entries()) {
      await setting.clock.waiting(seconds * 1_000);
      await pass(setting, seconds - 1);
      expect(setting.changes()).toHaveLength(retries + 1);
      await pass(setting, 1);
    }
    await expect.poll(() => subscriptionsOf(setting)).toHaveLength(1);
    expect(setting.changes()).toHaveLength(3);
  });

  it('is created again if the message that Graph removed it was lost on the way from another replica', async () => {
    const clock = createDrivenClock();
    const store = createTestStore(clock);
    const listeners: StoreListener[] = [];
    let isLosing = false;
    const listen: typeof store.listen = (listener) => {
      listeners.push(listener);
      return store.listen({ ...listener, onMessage: (text) => isLosing || listener.onMessage(text) });
    };
    const setting = await startSubscribed({ clock, random: () => 0.5, store: { ...store, listen } });
    await settle(setting);
    const [kept] = await subscriptionsOf(setting);
    isLosing = true;
    await setting.gateway.emulator.sendLifecycleEvent(kept?.id ?? '', 'subscriptionRemoved');
    await pass(setting, 1);
    isLosing = false;
    for (const listener of listeners) listener.onGap();
    await pass(setting, 5);
    await expect.poll(setting.changes).toEqual(['POST', 'PATCH', 'POST']);
    await expect.poll(() => subscriptionsOf(setting)).toHaveLength(1);
  });

  it('is checked at most once a minute, however often the store is away', async () => {
    const clock = createDrivenClock();
    const store = createBreakableStore(createTestStore(clock));
    const setting = await startSubscribed({ clock, random: () => 0.5, store });
    await settle(setting);
    for (let outage = 1; outage <= 5; outage += 1) {
      store.goAway();
      await pass(setting, 3);
      store.comeBack();
      await pass(setting, 7);
    }
    await expect.poll(setting.changes).toEqual(['POST', 'PATCH']);
    await pass(setting, 20);
    await expect.poll(setting.changes).toEqual(['POST', 'PATCH', 'PATCH']);
  });

  it('is extended by the next replica that acquires the lease, if none had it when Graph requested that', async () => {
    const clock = createDrivenClock();
    const store = createTestStore(clock);
    let isElsewhere = false;
    const lease: typeof store.lease = async (...given) => (isElsewhere ? null : store.lease(...given));
    const setting = await startSubscribed({ clock, random: () => 0.5, store: { ...store, lease } });
    await settle(setting);
    const [kept] = await subscriptionsOf(setting);
    isElsewhere = true;
    await pass(setting, 2);
    await setting.gateway.emulator.sendLifecycleEvent(kept?.id ?? '', 'reauthorizationRequired');
    await pass(setting, 4);
    isElsewhere = false;
    await pass(setting, 4);
    await expect.poll(setting.changes).toEqual(['POST', 'PATCH']);
  });
});
