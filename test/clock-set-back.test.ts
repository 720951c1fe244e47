import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { LONGEST_DELAY_MS } from '../src/clock.ts';
import { createDrivenClock } from './support/clock.ts';
import { startFeeds } from './support/feed.ts';
import { FAILURE, GOOD, THROTTLED, openGate } from './support/gate.ts';
import { createTestStore, startGateway } from './support/gateway.ts';
import type { GraphQLResponse, TestGateway } from './support/gateway.ts';
import { pass, settle, startSubscribed, subscriptionsOf } from './support/subscribed.ts';

const HOUR_MS = 3_600_000;

function askForMeeting(gateway: TestGateway): Promise<GraphQLResponse> {
  const [meeting] = gateway.emulator.tenant.meetings;
  return gateway.query('query ($organizer: ID!, $id: ID!) { onlineMeeting(organizerId: $organizer, id: $id) { id } }', {
    organizer: meeting?.organizerId,
    id: meeting?.id,
  });
}

describe('When the system clock is set back by an hour', () => {
  it('the circuit toward Graph still closes after two seconds', () => {
    const { gate, clock, sender, sent } = openGate();
    gate.want(sender);
    for (let failures = 0; failures < 10; failures += 1) gate.done(FAILURE);
    const before = sent.length;
    clock.setBack(HOUR_MS);
    expect(gate.refusal(Infinity)).toMatchObject({ retryAfterMs: 2_000 });
    clock.advance(2_000);
    expect(sent).toHaveLength(before + 1);
    gate.done(GOOD);
    expect(gate.refusal(Infinity)).toBeNull();
  });

  it('requests to Graph still pause for exactly its Retry-After', () => {
    const { gate, clock, sender, sent } = openGate();
    gate.want(sender);
    gate.done(THROTTLED);
    const before = sent.length;
    clock.setBack(HOUR_MS);
    clock.advance(2_999);
    expect(sent).toHaveLength(before);
    clock.advance(1);
    expect(sent.length).toBeGreaterThan(before);
  });

  it('a subscriber still receives a new recording after the same interval', async () => {
    const feeds = await startFeeds();
    const hearing = feeds.replica().hear();
    await hearing.next();
    await feeds.clock.waiting(15_000);
    const added = feeds.record();
    feeds.clock.setBack(HOUR_MS);
    await feeds.pass(15_000);
    expect(await hearing.until(added)).toEqual([added]);
  });

  it('a subscription that Graph wants renewed is renewed after the same minute', async () => {
    const setting = await startSubscribed();
    await settle(setting);
    const [kept] = await subscriptionsOf(setting);
    const { changes, clock, gateway } = setting;
    await gateway.emulator.sendLifecycleEvent(kept?.id ?? '', 'reauthorizationRequired');
    await clock.waiting(0);
    clock.advance(0);
    await expect.poll(changes).toEqual(['POST', 'PATCH']);
    clock.setBack(HOUR_MS);
    await gateway.emulator.sendLifecycleEvent(kept?.id ?? '', 'reauthorizationRequired');
    await clock.waiting(60_000);
    // Little by little, so that the lease is kept.
    for (let second = 1; second <= 60; second += 1) {
      clock.advance(1_000);
      await setImmediate();
    }
    await expect.poll(changes).toEqual(['POST', 'PATCH', 'PATCH']);
  });

  it('a throttled request of a running operation is still retried after its Retry-After', async () => {
    const clock = createDrivenClock();
    const gateway = await startGateway({ clock });
    gateway.emulator.fail({ kind: 'status', status: 429, retryAfterSeconds: 2 });
    const response = askForMeeting(gateway);
    await clock.waiting(2_000);
    clock.setBack(HOUR_MS);
    clock.advance(2_000);
    expect(await response).toEqual({ data: { onlineMeeting: { id: gateway.emulator.tenant.meetings[0]?.id } } });
  });

  it('a running operation still ends within its timeout', async () => {
    const clock = createDrivenClock();
    const gateway = await startGateway({ clock, config: { operationTimeoutMs: 5_000 } });
    const hold = gateway.emulator.hold({ path: '/onlineMeetings/' });
    const response = askForMeeting(gateway);
    await hold.arrived(1);
    clock.setBack(HOUR_MS);
    clock.advance(5_000);
    const message = expect.stringContaining('within the 5000 ms that one operation may take');
    expect(await response).toMatchObject({ errors: [{ message, extensions: { code: 'UPSTREAM_TIMEOUT' } }] });
  });
});

it('When the system clock is set back by two months, the subscription at Graph is not looked up all the time', async () => {
  const clock = createDrivenClock();
  const store = createTestStore(clock);
  let lookups = 0;
  let isElsewhere = false;
  const setting = await startSubscribed({
    // As `setTimeout` does.
    clock: { ...clock, after: (delayMs, callback) => clock.after(delayMs > LONGEST_DELAY_MS ? 0 : delayMs, callback) },
    random: () => 0.5,
    store: {
      ...store,
      // After a lost lease the store is read again.
      lease: async (...given) => (isElsewhere ? null : store.lease(...given)),
      async readNote(key) {
        lookups += 1;
        return store.readNote(key);
      },
    },
  });
  await settle(setting);
  clock.setBack(60 * 24 * HOUR_MS);
  isElsewhere = true;
  await pass(setting, 4);
  isElsewhere = false;
  const before = lookups;
  await pass(setting, 60);
  expect(lookups).toBe(before + 1);
});
