import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { StoreError } from '../../src/store/error.ts';
import { createDrivenClock } from '../support/clock.ts';
import { createTestStore, startGateway } from '../support/gateway.ts';
import { LISTEN, listen } from '../support/live.ts';
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

it('A replica that shuts down tells the others that its organizers are free before it closes its store', async () => {
  const store = createTestStore();
  const done: string[] = [];
  const gateway = await startGateway({
    store: {
      ...store,
      async publish(message) {
        // As over a network, where the store may have closed meanwhile.
        await setImmediate();
        if (done.includes('closed')) throw new StoreError('The store of this test is closed.');
        await store.publish(message);
        if (message.includes('released')) done.push('released');
      },
      async close() {
        done.push('closed');
        await store.close();
      },
    },
  });
  const [user] = gateway.emulator.tenant.users;
  await listen(LISTEN, { door: 'events', url: gateway.url, variables: { organizer: user?.id, since: 'now' } }).next();

  await gateway.close();

  expect(done).toEqual(['released', 'closed']);
  expect(gateway.logged()).not.toContain('unreachable');
});
