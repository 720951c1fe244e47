import { generate } from 'selfsigned';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createEmulator } from '../../src/emulator/emulator.ts';
import { openGraphAccess } from '../../src/graph-access.ts';
import { readEncryptionCertificate } from '../../src/msgraph/notifications/encrypted-content.ts';
import { createDrivenClock } from '../support/clock.ts';
import { findFreePort } from '../support/free-port.ts';
import { createTestStore, startGateway } from '../support/gateway.ts';
import type { TestGateway } from '../support/gateway.ts';
import { readDelta } from '../support/live.ts';
import { pass, settle, startSubscribed, subscriptionsOf } from '../support/subscribed.ts';
import type { Subscribed } from '../support/subscribed.ts';

/** The application that the emulator assumes for any token. */
const EMULATED_APPLICATION = '00000000-feed-4000-a000-00000000cafe';

function post(gateway: TestGateway, body: unknown): Promise<Response> {
  return fetch(`${gateway.url}/notifications`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

/** A notification of a new recording, as Graph sends it for the subscription that it has. */
async function notificationTo(setting: Subscribed): Promise<unknown> {
  const [kept] = await subscriptionsOf(setting);
  return { subscriptionId: 'x', tenantId: 'x', changeType: 'created', clientState: kept?.clientState ?? '' };
}

describe('The subscription at Graph', () => {
  it('is created once for all subscribers of an organizer, and announces a recording at once', async () => {
    const setting = await startSubscribed();
    const listening = await settle(setting);
    const more = [setting.listen(), setting.listen()];
    for (const other of more) await other.next();
    expect(setting.changes()).toEqual(['POST']);
    setting.clock.advance(1_000);
    const added = setting.record();
    for (const each of [listening, ...more]) expect(readDelta(await each.next()).ids).toEqual([added]);
    expect(setting.rounds()).toBe(3);
  });

  it('is deleted ten seconds after the last subscriber leaves', async () => {
    const setting = await startSubscribed();
    const listening = await settle(setting);
    await listening.leave();
    await setting.clock.waiting(10_000);
    setting.clock.advance(10_000);
    await expect.poll(setting.changes).toEqual(['POST', 'DELETE']);
    expect(await subscriptionsOf(setting)).toEqual([]);
  });

  it('is deleted when the gateway closes', async () => {
    const setting = await startSubscribed();
    await settle(setting);
    await setting.gateway.close();
    expect(setting.changes()).toEqual(['POST', 'DELETE']);
  });

  it('is extended when Graph requests it, and a day before it expires', async () => {
    const setting = await startSubscribed();
    await settle(setting);
    const [kept] = await subscriptionsOf(setting);
    await setting.gateway.emulator.sendLifecycleEvent(kept?.id ?? '', 'reauthorizationRequired');
    await setting.clock.waiting(0);
    setting.clock.advance(0);
    await expect.poll(setting.changes).toEqual(['POST', 'PATCH']);
    const days = 24 * 60 * 60_000;
    // It lasts ten minutes less than three days.
    await setting.clock.waiting(2 * days - 600_000);
    setting.clock.advance(2 * days - 600_000);
    await expect.poll(setting.changes).toEqual(['POST', 'PATCH', 'PATCH']);
  });

  it('is created anew by a gateway with another key, which would take its notifications for forged', async () => {
    const store = createTestStore();
    const first = await startSubscribed({ store });
    await settle(first);
    const { emulator } = first.gateway;
    const gateway = await startGateway({
      emulator,
      store,
      clock: first.clock,
      graph: openGraphAccess(emulator.url, 'an-opaque-token', 'the same emulator'),
      config: { sealingKeys: [Buffer.alloc(32, 9)] },
    });
    // It waits for the lease, so the state of the first is kept for it.
    const told = first.listen(gateway).next();
    // For a new subscriber, the next round runs there.
    await first.clock.waiting(1_000);
    first.clock.advance(1_000);
    await told;
    await first.gateway.close();
    await expect.poll(first.changes).toEqual(['POST', 'DELETE', 'POST']);
  });

  it('is replaced when Graph removes it, and a round finds what it has missed', async () => {
    const setting = await startSubscribed();
    const listening = await settle(setting);
    const [kept] = await subscriptionsOf(setting);
    setting.clock.advance(1_000);
    await setting.gateway.emulator.sendLifecycleEvent(kept?.id ?? '', 'subscriptionRemoved');
    await setting.clock.waiting(0);
    setting.clock.advance(0);
    // A PATCH checks the claim.
    await expect.poll(setting.changes).toEqual(['POST', 'PATCH', 'POST']);
    const added = setting.record();
    setting.clock.advance(1_000);
    expect(readDelta(await listening.next()).ids).toEqual([added]);
  });
});

describe('A notification', () => {
  it.each([
    ['of nobody’s', () => 'forged'],
    ['of another gateway’s', () => Buffer.alloc(64).toString('base64url')],
  ])('with a clientState %s is answered with 202, and starts no round', async (_, clientState) => {
    const setting = await startSubscribed();
    await settle(setting);
    setting.clock.advance(2_000);
    const notification = { subscriptionId: 'x', tenantId: 'x', changeType: 'created', clientState: clientState() };
    const response = await post(setting.gateway, { value: [notification] });
    expect([response.status, await response.text()]).toEqual([202, '']);
    await expect.poll(() => setting.gateway.logged()).toContain('notifications were refused');
    expect(setting.rounds()).toBe(2);
    expect(setting.gateway.logged()).not.toContain(clientState());
  });

  it('that is repeated a thousand times starts one round at once, and one a second later', async () => {
    const setting = await startSubscribed();
    await settle(setting);
    setting.clock.advance(2_000);
    const notification = await notificationTo(setting);
    const hold = setting.gateway.emulator.hold({ path: '/delta' });
    await Promise.all(
      Array.from({ length: 50 }, () =>
        post(setting.gateway, { value: Array.from({ length: 20 }, () => notification) }),
      ),
    );
    await hold.arrived(1);
    hold.release();
    await setting.clock.waiting(1_000);
    expect(setting.rounds()).toBe(3);
    setting.clock.advance(1_000);
    await expect.poll(setting.rounds).toBe(4);
  });
});

describe('A notification whose recording Graph does not list yet', () => {
  it('is followed by a round 15 seconds later', async () => {
    const setting = await startSubscribed({ random: () => 0.5 });
    const listening = await settle(setting);
    await pass(setting, 2);
    await post(setting.gateway, { value: [await notificationTo(setting)] });
    await setting.clock.waiting(15_000);
    expect(setting.rounds()).toBe(3);
    // Its own notification is refused, so that only the one before announces it.
    setting.gateway.emulator.settings.forgery = 'clientState';
    const added = setting.record();
    await pass(setting, 15);
    expect(readDelta(await listening.next()).ids).toEqual([added]);
    expect(setting.rounds()).toBe(4);
  });

  it('is followed by two rounds at most', async () => {
    const setting = await startSubscribed({ random: () => 0.5 });
    await settle(setting);
    await pass(setting, 2);
    await post(setting.gateway, { value: [await notificationTo(setting)] });
    await expect.poll(setting.rounds).toBe(3);
    await pass(setting, 200);
    await expect.poll(setting.rounds).toBe(5);
  });
});

/** A gateway that accepts only notifications signed by Microsoft. The emulator also serves the keys of Entra ID. */
async function startStrict(): Promise<Subscribed> {
  const [{ cert, private: key }, port] = await Promise.all([
    generate([{ name: 'commonName', value: 'notifications' }], { algorithm: 'sha256', keySize: 2_048 }),
    findFreePort(),
  ]);
  const emulator = await createEmulator({ tenant: { users: 1, meetings: 1, recordings: 1 } });
  onTestFinished(() => emulator.close());
  const application = { tenantId: emulator.tenant.id, clientId: EMULATED_APPLICATION, authority: emulator.url };
  const credential = { kind: 'clientSecret', ...application, clientSecret: 'x' } as const;
  const setting = await startSubscribed({
    emulator,
    config: {
      port,
      graph: { kind: 'entra', origin: emulator.url, scope: 'x', credential, onBehalfOf: null },
      publicUrl: `http://127.0.0.1:${port}`,
      feed: {
        certificates: [readEncryptionCertificate(`${cert}\n${key}`)],
        shortestMs: 15_000,
        longestMs: 300_000,
      },
    },
    clock: createDrivenClock(Date.now()),
  });
  return setting;
}

describe('A notification with resource data', () => {
  it('is accepted when signed by Microsoft and encrypted for the gateway', async () => {
    const setting = await startStrict();
    const listening = await settle(setting);
    setting.clock.advance(2_000);
    const added = setting.record();
    expect(readDelta(await listening.next()).ids).toEqual([added]);
  });

  it.each(['clientState', 'data', 'publisher'] as const)('and a forged %s starts no round', async (forgery) => {
    const setting = await startStrict();
    await settle(setting);
    setting.clock.advance(2_000);
    setting.gateway.emulator.settings.forgery = forgery;
    setting.record();
    await expect
      .poll(() => setting.gateway.logged())
      .toContain('notifications were refused; the counts are since the previous log entry');
    expect(setting.rounds()).toBe(2);
  });
});
