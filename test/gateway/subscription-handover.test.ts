import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createDrivenClock } from '../support/clock.ts';
import { createTestStore } from '../support/gateway.ts';
import { settle, startSubscribed, subscriptionsOf } from '../support/subscribed.ts';
import type { Subscribed } from '../support/subscribed.ts';

interface Setting extends Subscribed {
  /** Leaves, and lets all but a second of the time pass for which the rounds go on. */
  readonly leave: () => Promise<void>;
  /** Listens again, and resolves when the lease of before is over and another round has been run. */
  readonly takeOver: () => Promise<void>;
  /** Resolves when a lease is given back. */
  readonly released: Promise<void>;
}

async function start(): Promise<Setting> {
  const clock = createDrivenClock();
  const store = createTestStore(clock);
  const released = Promise.withResolvers<void>();
  store.listen({ onMessage: (text) => text.includes('released') && released.resolve(), onGap: () => undefined });
  let tries = 0;
  const lease: typeof store.lease = async (...given) => {
    const fence = await store.lease(...given);
    tries += 1;
    return fence;
  };
  const setting = await startSubscribed({ clock, random: () => 0.5, store: { ...store, lease } });
  const listening = await settle(setting);
  return {
    ...setting,
    released: released.promise,
    async leave() {
      await listening.leave();
      await clock.waiting(10_000);
      for (let second = 1; second < 10; second += 1) {
        clock.advance(1_000);
        await setImmediate();
      }
    },
    async takeOver() {
      const before = tries;
      const told = setting.listen().next();
      for (let count = 1; count <= 3; count += 1) {
        await expect.poll(() => tries).toBeGreaterThanOrEqual(before + count);
        await clock.waiting(2_000);
        clock.advance(2_000);
      }
      await told;
    },
  };
}

describe('Who goes on while Graph takes longer than the lease of the one before lasts', () => {
  it('to end the subscription makes another', async () => {
    const { changes, clock, gateway, leave, takeOver } = await start();
    const hold = gateway.emulator.hold({ method: 'DELETE' });
    await leave();
    clock.advance(1_000);
    await hold.arrived(1);
    await takeOver();
    // Graph has the first still, which is in the way.
    await expect.poll(changes).toEqual(['POST', 'DELETE', 'POST', 'DELETE']);
    hold.release();
    await expect.poll(changes).toEqual(['POST', 'DELETE', 'POST', 'DELETE', 'POST']);
    await expect.poll(() => subscriptionsOf({ gateway })).toHaveLength(1);
  });

  it('to extend the subscription keeps that', async () => {
    const { changes, clock, gateway, leave, released, takeOver } = await start();
    const [kept] = await subscriptionsOf({ gateway });
    const hold = gateway.emulator.hold({ method: 'PATCH' });
    await leave();
    await gateway.emulator.sendLifecycleEvent(kept?.id ?? '', 'reauthorizationRequired');
    await clock.waiting(0);
    clock.advance(0);
    await hold.arrived(1);
    clock.advance(1_000);
    await takeOver();
    hold.release();
    await released;
    expect(changes()).toEqual(['POST', 'PATCH']);
  });
});
