import { expect, it } from 'vitest';
import { createEmulator } from '../../src/emulator/emulator.ts';
import type { Emulator } from '../../src/emulator/emulator.ts';
import { at, delegatedToken, items, send, startEmulator, textAt } from './graph-client.ts';
import type { Reply } from './graph-client.ts';
import { startNotificationEndpoint } from './notification-endpoint.ts';

const tenantWide = 'communications/onlineMeetings/getAllRecordings';
const nowMs = Date.parse('2026-11-16T08:00:00Z');
const now = (): number => nowMs;

function inMinutes(minutes: number): string {
  return new Date(nowMs + minutes * 60_000).toISOString();
}

async function subscribe(
  emulator: Emulator,
  given: Readonly<Record<string, unknown>>,
  authorization?: string,
): Promise<Reply> {
  const body = { changeType: 'created', resource: tenantWide, expirationDateTime: inMinutes(30), ...given };
  return send(emulator, '/v1.0/subscriptions', { method: 'POST', body, authorization });
}

it('validates both endpoints before it creates a subscription', async () => {
  const emulator = await startEmulator({ now });
  const listed: unknown[] = [];
  const endpoint = await startNotificationEndpoint(async (text) => {
    listed.push(...items((await send(emulator, '/v1.0/subscriptions')).body));
    return { status: 200, type: 'text/plain', text };
  });
  const { body, status } = await subscribe(emulator, {
    notificationUrl: `${endpoint.url}?kept=yes`,
    lifecycleNotificationUrl: endpoint.url,
    expirationDateTime: inMinutes(4320),
    clientState: 'secret',
    '@odata.type': '#microsoft.graph.subscription',
  });
  expect(status).toBe(201);
  expect(body).toMatchObject({
    id: expect.any(String),
    resource: tenantWide,
    clientState: 'secret',
    expirationDateTime: '2026-11-19T08:00:00.0000000Z',
  });
  expect(endpoint.received).toMatchObject([
    {
      url: expect.stringMatching(/\?kept=yes&validationToken=/),
      contentType: 'text/plain; charset=utf-8',
      body: undefined,
    },
    { url: expect.stringMatching(/notifications\?validationToken=/) },
  ]);
  expect(listed).toEqual([]);
});

it.each([
  ['responds without the token', () => ({ status: 200, type: 'text/plain', text: '' })],
  ['responds with HTML', (token: string) => ({ status: 200, type: 'text/html', text: token })],
  ['answers 202', (token: string) => ({ status: 202, type: 'text/plain', text: token })],
  [
    'does not decode the token',
    (token: string) => ({ status: 200, type: 'text/plain', text: encodeURIComponent(token) }),
  ],
])('creates no subscription when one of the endpoints %s', async (_what, answer) => {
  const emulator = await startEmulator({ now });
  const [{ url: bad }, { url: good }] = [await startNotificationEndpoint(answer), await startNotificationEndpoint()];
  for (const [notificationUrl, lifecycleNotificationUrl] of [[bad], [bad, good], [good, bad]]) {
    const reply = await subscribe(emulator, { notificationUrl, lifecycleNotificationUrl });
    expect(reply).toMatchObject({ status: 400, body: { error: { code: 'InvalidRequest' } } });
  }
  expect(items((await send(emulator, '/v1.0/subscriptions')).body)).toEqual([]);
});

it('creates no subscription when the endpoint is unreachable', async () => {
  const emulator = await startEmulator({ now });
  const gone = await createEmulator();
  await gone.close();
  const reply = await subscribe(emulator, { notificationUrl: gone.url });
  expect(textAt(reply.body, 'error', 'message')).toMatch(/^Subscription validation request failed\..*ECONNREFUSED/);
});

it.each([
  ['an expiration in the past', { expirationDateTime: inMinutes(-1) }, 'in the future'],
  ['an invalid expiration', { expirationDateTime: 'never' }, 'in the future'],
  ['an expiration in more than three days', { expirationDateTime: inMinutes(4321) }, '4320 minutes'],
  [
    'an expiration in more than an hour without a lifecycle URL',
    { expirationDateTime: inMinutes(61) },
    'lifecycleNotificationUrl is required',
  ],
  ['an unsupported change', { changeType: 'updated' }, 'changeType'],
  ['an unsupported resource', { resource: 'me/messages' }, 'not supported'],
  ['plain http to another machine', { notificationUrl: 'http://gateway.example/' }, 'https'],
  ['a long clientState', { clientState: 'x'.repeat(129) }, '128'],
  ['a long certificate id', { encryptionCertificateId: 'x'.repeat(129) }, '128'],
  ['an unknown member', { colour: 'red' }, 'colour'],
  ['no resource', { resource: undefined }, 'resource'],
])('refuses %s', async (_what, given, sentence) => {
  const emulator = await startEmulator({ now });
  const { body, status } = await subscribe(emulator, { notificationUrl: 'https://gateway.example/', ...given });
  expect(status).toBe(400);
  expect(textAt(body, 'error', 'message')).toContain(sentence);
});

it('creates one subscription of an application to a resource, and refuses a second one', async () => {
  const emulator = await startEmulator({ now });
  const { url: notificationUrl } = await startNotificationEndpoint();
  const id = textAt((await subscribe(emulator, { notificationUrl })).body, 'id');
  const again = await subscribe(emulator, { notificationUrl, clientState: 'another' });
  expect(again.status).toBe(409);
  expect(textAt(again.body, 'error', 'message')).toBe(
    `Subscription Id ${id} already exists for the requested combination`,
  );
  await send(emulator, `/v1.0/subscriptions/${id}`, { method: 'DELETE' });
  expect((await subscribe(emulator, { notificationUrl })).status).toBe(201);
});

it('creates one of two subscriptions that are requested at once, and refuses the other', async () => {
  const emulator = await startEmulator({ now });
  const { url: notificationUrl } = await startNotificationEndpoint();
  const replies = await Promise.all([1, 2].map(() => subscribe(emulator, { notificationUrl })));
  expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([201, 409]));
  expect(items((await send(emulator, '/v1.0/subscriptions')).body)).toHaveLength(1);
});

it('lets users subscribe to their own recordings, and applications to the tenant', async () => {
  const emulator = await startEmulator({ now });
  const { url: notificationUrl } = await startNotificationEndpoint();
  const [meeting] = emulator.tenant.meetings;
  const stranger = emulator.tenant.users.find(
    ({ id }) => id !== meeting?.organizerId && !meeting?.attendeeIds.includes(id),
  );
  const scope = 'OnlineMeetingRecording.Read.All';
  const status = async (resource: string, userId = ''): Promise<number> =>
    (await subscribe(emulator, { notificationUrl, resource }, delegatedToken(userId, scope))).status;
  const ofMeeting = `communications/onlineMeetings/${meeting?.id}/recordings`;
  const ofOrganizer = `users/${meeting?.organizerId}/onlineMeetings/getAllRecordings`;
  expect(await status(ofMeeting, meeting?.organizerId)).toBe(201);
  expect(await status(ofMeeting, meeting?.attendeeIds[0])).toBe(201);
  expect(await status(ofMeeting, stranger?.id)).toBe(403);
  expect(await status(ofOrganizer, meeting?.organizerId)).toBe(201);
  expect(await status(ofOrganizer, stranger?.id)).toBe(403);
  expect(await status(tenantWide, meeting?.organizerId)).toBe(403);
  expect(
    (await subscribe(emulator, { notificationUrl, resource: 'users/none/onlineMeetings/getAllRecordings' })).status,
  ).toBe(404);
});

it('sends notifications of a new recording to the subscriptions that cover it', async () => {
  const emulator = await startEmulator({ now, tenant: { users: 2, meetings: 4, recordings: 0 } });
  const [meeting, otherMeeting] = emulator.tenant.meetings;
  const resources = [
    tenantWide,
    `users/${meeting?.organizerId}/onlineMeetings/getAllRecordings`,
    `/users('${meeting?.organizerId}')/onlineMeetings/getAllRecordings`,
    `communications/onlineMeetings/${meeting?.id}/recordings`,
    `users/${otherMeeting?.organizerId}/onlineMeetings/getAllRecordings`,
    `communications/onlineMeetings('${otherMeeting?.id}')/recordings`,
  ];
  const endpoint = await startNotificationEndpoint();
  for (const [place, resource] of resources.entries()) {
    // oxlint-disable-next-line no-await-in-loop -- their order tells them apart
    expect(
      (await subscribe(emulator, { notificationUrl: `${endpoint.url}?${place}`, resource, clientState: 'secret' }))
        .status,
    ).toBe(201);
  }
  const { id, meetingId } = emulator.addRecording({ meetingId: meeting?.id ?? '' });
  const notifications = (await endpoint.arrived(10)).slice(6);
  expect(new Set(notifications.map(({ url }) => url.at(-1)))).toEqual(new Set(['0', '1', '2', '3']));
  for (const { body, contentType } of notifications) {
    expect(contentType).toMatch(/^application\/json/);
    expect(items(body)).toMatchObject([
      {
        changeType: 'created',
        clientState: 'secret',
        tenantId: emulator.tenant.id,
        subscriptionExpirationDateTime: '2026-11-16T08:30:00.0000000+00:00',
        resource: `communications/onlineMeetings('${meetingId}')/recordings('${id}')`,
        resourceData: { id, '@odata.type': '#Microsoft.Graph.callRecording' },
      },
    ]);
  }
});

it('renews, reauthorizes and deletes a subscription', async () => {
  let currentMs = nowMs;
  const emulator = await startEmulator({ now: () => currentMs });
  const { url: notificationUrl } = await startNotificationEndpoint();
  const path = `/v1.0/subscriptions/${textAt((await subscribe(emulator, { notificationUrl })).body, 'id')}`;
  currentMs += 29 * 60_000;
  const renewed = await send(emulator, path, { method: 'PATCH', body: { expirationDateTime: inMinutes(80) } });
  expect(renewed).toMatchObject({ status: 200, body: { expirationDateTime: '2026-11-16T09:20:00.0000000Z' } });
  const tooLong = await send(emulator, path, { method: 'PATCH', body: { expirationDateTime: inMinutes(100) } });
  expect(tooLong.status).toBe(400);
  const late = await send(emulator, path, { method: 'PATCH', body: { lifecycleNotificationUrl: notificationUrl } });
  expect(late.status).toBe(400);
  expect((await send(emulator, `${path}/reauthorize`, { method: 'POST' })).status).toBe(204);
  expect((await send(emulator, path)).body).toMatchObject({ expirationDateTime: '2026-11-16T09:20:00.0000000Z' });
  expect((await send(emulator, path, { method: 'DELETE' })).status).toBe(204);
  expect((await send(emulator, path)).status).toBe(404);
  expect((await send(emulator, path, { method: 'DELETE' })).status).toBe(404);
});

it('removes a subscription when it expires', async () => {
  let currentMs = nowMs;
  const emulator = await startEmulator({ now: () => currentMs });
  const endpoint = await startNotificationEndpoint();
  await subscribe(emulator, { notificationUrl: endpoint.url });
  expect(items((await send(emulator, '/v1.0/subscriptions')).body)).toHaveLength(1);
  currentMs += 30 * 60_000;
  expect(items((await send(emulator, '/v1.0/subscriptions')).body)).toEqual([]);
  emulator.addRecording();
  await emulator.close();
  expect(endpoint.received).toHaveLength(1);
});

it('sends lifecycle notifications on request, and keeps the outcomes of its deliveries', async () => {
  const emulator = await startEmulator({ now });
  const endpoint = await startNotificationEndpoint();
  const more = {
    notificationUrl: endpoint.url,
    lifecycleNotificationUrl: endpoint.url,
    expirationDateTime: inMinutes(90),
  };
  const id = textAt((await subscribe(emulator, more)).body, 'id');
  await emulator.sendLifecycleEvent(id, 'reauthorizationRequired');
  expect(at(endpoint.received, 2, 'body')).toMatchObject({
    value: [{ subscriptionId: id, lifecycleEvent: 'reauthorizationRequired' }],
  });
  expect(emulator.deliveries).toMatchObject([{ subscriptionId: id, url: endpoint.url, status: 202 }]);
  await expect(emulator.sendLifecycleEvent('none', 'missed')).rejects.toThrow('does not exist');
});
