import { describe, expect, it } from 'vitest';
import { createGraphSubscriptions } from '../../src/msgraph/notifications/graph-subscription.ts';
import type { GraphSubscriptions } from '../../src/msgraph/notifications/graph-subscription.ts';
import { items, send, textAt } from '../emulator/graph-client.ts';
import { startNotificationEndpoint } from '../emulator/notification-endpoint.ts';
import { createEntraIdentity } from '../support/entra-identity.ts';
import { startGraph } from '../support/graph.ts';
import type { TestGraph } from '../support/graph.ts';

const MINUTE_MS = 60_000;

interface TestSubscriptions {
  readonly graph: TestGraph;
  readonly subscriptions: GraphSubscriptions;
  readonly notificationUrl: string;
  readonly organizerId: string;
  /** The time of the subscriptions, which tests can set. */
  readonly time: { nowMs: number };
  /** The subscriptions that exist in Graph. */
  readonly existing: () => Promise<readonly unknown[]>;
}

type Encryption = { readonly certificate: string; readonly id: string };

async function start(encryption: Encryption | null = null): Promise<TestSubscriptions> {
  const graph = await startGraph({ tenant: { users: 2, meetings: 1, recordings: 0 } });
  const { url: notificationUrl } = await startNotificationEndpoint();
  const time = { nowMs: Date.now() };
  return {
    graph,
    notificationUrl,
    time,
    subscriptions: createGraphSubscriptions({
      client: graph.client,
      notificationUrl,
      encryption,
      clock: { now: () => time.nowMs },
    }),
    organizerId: graph.emulator.tenant.users[0]?.id ?? '',
    existing: async () => items((await send(graph.emulator, '/v1.0/subscriptions')).body),
  };
}

describe('A subscription to the recordings of an organizer', () => {
  it('has the members that Graph requires, and almost the longest allowed lifetime', async () => {
    const { graph, subscriptions, notificationUrl, organizerId, time, existing } = await start();
    const { id, expiresAtMs } = await subscriptions.create(organizerId, 'a state', graph.operation());
    expect(expiresAtMs).toBe(time.nowMs + 4_310 * MINUTE_MS);
    expect(await existing()).toMatchObject([
      {
        id,
        changeType: 'created',
        clientState: 'a state',
        resource: `users/${organizerId}/onlineMeetings/getAllRecordings`,
        notificationUrl,
        lifecycleNotificationUrl: notificationUrl,
        latestSupportedTlsVersion: 'v1_2',
        includeResourceData: false,
        encryptionCertificateId: null,
      },
    ]);
  });

  it('requests the recordings themselves when there is a certificate', async () => {
    const { certificate: pem } = await createEntraIdentity();
    const certificate = pem.cert.replaceAll(/-----[A-Z ]+-----|\s/g, '');
    const { graph, subscriptions, organizerId, existing } = await start({ certificate, id: 'of this year' });
    await subscriptions.create(organizerId, 'a state', graph.operation());
    expect(await existing()).toMatchObject([{ includeResourceData: true, encryptionCertificateId: 'of this year' }]);
  });

  it('lasts longer after a renewal', async () => {
    const { graph, subscriptions, organizerId, time } = await start();
    const { id } = await subscriptions.create(organizerId, 'a state', graph.operation());
    time.nowMs += 5 * MINUTE_MS;
    expect(await subscriptions.renew(id, graph.operation())).toEqual({
      id,
      expiresAtMs: time.nowMs + 4_310 * MINUTE_MS,
    });
    expect(graph.requests().at(-1)).toBe(`PATCH /v1.0/subscriptions/${id}`);
  });

  it('cannot be renewed after its removal, and can be removed again', async () => {
    const { graph, subscriptions, organizerId, existing } = await start();
    const { id } = await subscriptions.create(organizerId, 'a state', graph.operation());
    await subscriptions.remove(id, graph.operation());
    expect(await existing()).toEqual([]);
    expect(await subscriptions.renew(id, graph.operation())).toBeNull();
    await subscriptions.remove(id, graph.operation());
  });

  it('stays one path segment for any characters in its id', async () => {
    const { graph, subscriptions } = await start();
    await subscriptions.remove('../users/x?y', graph.operation());
    expect(await subscriptions.renew('..', graph.operation())).toBeNull();
    expect(graph.requests()).toEqual([
      'DELETE /v1.0/subscriptions/..%2Fusers%2Fx%3Fy',
      "PATCH /v1.0/subscriptions('..')",
    ]);
  });
});

describe('A subscription left over from a failed creation', () => {
  it('is replaced', async () => {
    const { graph, subscriptions, organizerId, existing } = await start();
    graph.emulator.fail({ kind: 'reset' });
    await expect(subscriptions.create(organizerId, 'forgotten', graph.operation())).rejects.toMatchObject({
      reason: 'unreachable',
    });
    const { id } = await subscriptions.create(organizerId, 'new', graph.operation());
    expect(await existing()).toMatchObject([{ id, clientState: 'new' }]);
  });

  it('is left alone when its notifications go to another URL', async () => {
    const { graph, subscriptions, organizerId, existing } = await start();
    const { url: elsewhere } = await startNotificationEndpoint();
    const others = createGraphSubscriptions({
      client: graph.client,
      notificationUrl: elsewhere,
      encryption: null,
      clock: { now: Date.now },
    });
    const { id } = await others.create(organizerId, "another gateway's", graph.operation());
    await expect(subscriptions.create(organizerId, 'new', graph.operation())).rejects.toMatchObject({
      status: 409,
      message: expect.stringContaining(id),
    });
    expect(await existing()).toMatchObject([{ id, clientState: "another gateway's" }]);
  });
});

describe('An error of Graph', () => {
  it.each([400, 403, 409, 500])('with %i is reported by each method', async (status) => {
    const { graph, subscriptions, organizerId } = await start();
    const { id } = await subscriptions.create(organizerId, 'a state', graph.operation());
    graph.emulator.fail({ kind: 'status', status, times: 3 });
    for (const refused of [
      subscriptions.create(organizerId, 'a state', graph.operation()),
      subscriptions.renew(id, graph.operation()),
      subscriptions.remove(id, graph.operation()),
    ])
      await expect(refused).rejects.toMatchObject({ name: 'GraphError', status });
  });

  it('with 404 is reported when the organizer does not exist', async () => {
    const { graph, subscriptions } = await start();
    await expect(subscriptions.create('nobody', 'a state', graph.operation())).rejects.toMatchObject({ status: 404 });
  });

  it.each([
    ['id', 42],
    ['expirationDateTime', 'some day'],
    ['expirationDateTime', null],
  ])('is reported as malformed when %s is %j', async (member, value) => {
    const { graph, subscriptions, organizerId } = await start();
    graph.emulator.fail({ kind: 'wrongType', member, value });
    await expect(subscriptions.create(organizerId, 'a state', graph.operation())).rejects.toMatchObject({
      reason: 'malformed',
      message: expect.stringContaining(`subscription.${member}`),
    });
  });

  it('is reported when the notification URL does not respond', async () => {
    const { graph, organizerId } = await start();
    const subscriptions = createGraphSubscriptions({
      client: graph.client,
      notificationUrl: `${graph.emulator.url}/nobody`,
      encryption: null,
      clock: { now: Date.now },
    });
    const refused: unknown = await subscriptions.create(organizerId, 'a state', graph.operation()).catch(String);
    expect(textAt({ refused }, 'refused')).toContain('Subscription validation request failed');
  });
});
