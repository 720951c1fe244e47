import { describe, expect, it } from 'vitest';
import { createValidationTokens } from '../../src/access/validation-token.ts';
import { systemClock } from '../../src/clock.ts';
import { fixedToken } from '../../src/msgraph/credentials/token.ts';
import { decryptContent, readEncryptionCertificate } from '../../src/msgraph/notifications/encrypted-content.ts';
import { createGraphSubscriptions } from '../../src/msgraph/notifications/graph-subscription.ts';
import { applicationToken, at } from '../emulator/graph-client.ts';
import { createEntraIdentity } from '../support/entra-identity.ts';
import { startGraph } from '../support/graph.ts';
import type { TestGraph } from '../support/graph.ts';
import { CONTENT, item, startDoor } from '../support/notifications-door.ts';
import type { TestDoor } from '../support/notifications-door.ts';

describe('A notification with resource data', () => {
  const rich = item({ encryptedContent: CONTENT });
  const lifecycle = item({ changeType: undefined, lifecycleEvent: 'reauthorizationRequired' });

  it.each<[string, boolean, readonly unknown[], readonly string[], number]>([
    ['wakes its organizer when it is genuine', true, [rich], ['ada: created'], 0],
    ['wakes its organizer, however it is spelled', true, [item({ EncryptedContent: CONTENT })], ['ada: created'], 0],
    ['wakes nobody when it is not', false, [rich], [], 1],
    ['wakes nobody when it has no content', true, [item()], [], 1],
    [
      'wakes nobody when it has no content, next to a genuine one',
      true,
      [item({ clientState: 'state of ben' }), rich],
      ['ada: created'],
      1,
    ],
    ['about the subscription needs no content', false, [lifecycle], ['ada: reauthorizationRequired'], 0],
    [
      'about the subscription wakes, beside forged content',
      false,
      [rich, lifecycle],
      ['ada: reauthorizationRequired'],
      1,
    ],
    [
      'about the subscription wakes nobody with content that is forged',
      false,
      [{ ...lifecycle, encryptedContent: CONTENT }],
      [],
      1,
    ],
  ])('%s', async (_what, isGenuine, value, woken, unproven) => {
    const { post, wakeUps, refusals } = await startDoor({ isGenuine: async () => isGenuine });
    expect((await post({ value, validationTokens: ['token'] })).status).toBe(202);
    await expect
      .poll(() => [wakeUps, refusals()])
      .toEqual([woken, unproven === 0 ? [] : [{ unreadable: 0, unknown: 0, unproven }]]);
  });

  it('is answered before it is verified', async () => {
    const verdict = Promise.withResolvers<boolean>();
    const { post, wakeUps } = await startDoor({ isGenuine: () => verdict.promise });
    const response = await post({ value: [rich], validationTokens: ['token'] });
    expect([response.status, await response.text(), wakeUps]).toEqual([202, '', []]);
    verdict.resolve(true);
    await expect.poll(() => wakeUps).toEqual(['ada: created']);
  });

  it('is verified by all tokens of the payload, and by its contents for known organizers only', async () => {
    const asked: unknown[] = [];
    const { post } = await startDoor({ isGenuine: async (...given) => asked.push(given) > 0 });
    const foreign = { clientState: 'state of nobody', encryptedContent: { ...CONTENT, data: 'foreign' } };
    await post({ value: [item(foreign)], validationTokens: ['token'] });
    await post({ value: [item(foreign), rich, lifecycle], validationTokens: ['one', 'other'] });
    await expect.poll(() => asked).toEqual([[['one', 'other'], [CONTENT]]]);
  });

  it('wakes nobody if its verification throws, and the next is processed', async () => {
    let isForeseen = false;
    const { post, wakeUps, log } = await startDoor({
      isGenuine: async () => isForeseen || Promise.reject(new Error('unforeseen')),
    });
    expect((await post({ value: [rich], validationTokens: ['token'] })).status).toBe(202);
    await expect.poll(() => log.text()).toContain('notifications could not be processed');
    isForeseen = true;
    await post({ value: [rich], validationTokens: ['token'] });
    await expect.poll(() => wakeUps).toEqual(['ada: created']);
  });
});

interface TestNotifications {
  readonly graph: TestGraph;
  readonly door: TestDoor;
  readonly organizerId: string;
  readonly subscriptionId: string;
  /** The recordings decrypted so far. */
  readonly decrypted: readonly unknown[];
}

/** Subscribes to an organizer's recordings with resource data, and opens the notifications endpoint. */
async function subscribe(): Promise<TestNotifications> {
  const [, token = ''] = applicationToken(['OnlineMeetingRecording.Read.All'], { appid: 'our application' }).split(' ');
  const graph = await startGraph({
    tenant: { users: 1, meetings: 1, recordings: 0 },
    getToken: fixedToken(token),
  });
  const { url: authority, tenant } = graph.emulator;
  const organizerId = tenant.users[0]?.id ?? '';
  const { certificate } = await createEntraIdentity();
  const encryption = readEncryptionCertificate(`${certificate.private}\n${certificate.cert}`);
  const validationTokens = createValidationTokens({
    authority,
    tenantIds: [tenant.id],
    appIds: ['our application'],
    clock: systemClock,
    onKeysNotRenewed: (error) => expect.fail(String(error)),
    onRefused: () => {},
  });
  const decrypted: unknown[] = [];
  const door = await startDoor({
    organizers: new Map([['our state', organizerId]]),
    async isGenuine(tokens, contents) {
      if (!(await validationTokens.areGenuine(tokens))) return false;
      try {
        decrypted.push(...contents.map((content) => decryptContent(content, [encryption])));
        return true;
      } catch {
        return false;
      }
    },
  });
  const { url: notificationUrl } = door;
  const subscriptions = createGraphSubscriptions({ client: graph.client, notificationUrl, encryption, clock: Date });
  const { id: subscriptionId } = await subscriptions.create(organizerId, 'our state', graph.operation());
  return { graph, door, organizerId, subscriptionId, decrypted };
}

describe('A subscription with resource data', () => {
  it('delivers each recording, as "encryptedContent" or "EncryptedContent"', async () => {
    const { graph, door, organizerId, decrypted } = await subscribe();
    const ids = Array.from({ length: 6 }, () => graph.emulator.addRecording().id);
    await expect.poll(() => door.wakeUps).toEqual(ids.map(() => `${organizerId}: created`));
    expect(new Set(decrypted.map((recording) => at(recording, 'id')))).toEqual(new Set(ids));
    const sent = graph.emulator.deliveries.map(({ notification }) => JSON.stringify(notification));
    expect(sent.some((text) => text.includes('"encryptedContent"'))).toBe(true);
    expect(sent.some((text) => text.includes('"EncryptedContent"'))).toBe(true);
    expect(door.refusals()).toEqual([]);
  });

  it.each([
    ['clientState', { unreadable: 0, unknown: 1, unproven: 0 }],
    ['data', { unreadable: 0, unknown: 0, unproven: 1 }],
    ['publisher', { unreadable: 0, unknown: 0, unproven: 1 }],
  ] as const)(
    'wakes nobody for a notification with a forged %s, which is answered with 202',
    async (forgery, refusal) => {
      const { graph, door } = await subscribe();
      graph.emulator.settings.forgery = forgery;
      graph.emulator.addRecording();
      await expect.poll(door.refusals).toEqual([refusal]);
      expect(door.wakeUps).toEqual([]);
      await expect.poll(() => graph.emulator.deliveries).toMatchObject([{ status: 202 }]);
    },
  );

  it('delivers its own lifecycle events too', async () => {
    const { graph, door, organizerId, subscriptionId } = await subscribe();
    await graph.emulator.sendLifecycleEvent(subscriptionId, 'reauthorizationRequired');
    await expect.poll(() => door.wakeUps).toEqual([`${organizerId}: reauthorizationRequired`]);
  });
});
