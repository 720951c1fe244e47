import { expect, it } from 'vitest';
import type { Emulator } from '../../src/emulator/emulator.ts';
import { at, ids, send, startEmulator, textAt } from './graph-client.ts';
import type { Reply } from './graph-client.ts';
import { startNotificationEndpoint } from './notification-endpoint.ts';

async function control(
  emulator: Emulator,
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
  path: string,
  body?: unknown,
): Promise<Reply> {
  return send(emulator, `/emulator/${path}`, { method, authorization: '', ...(body === undefined ? {} : { body }) });
}

it('is absent unless it is switched on', async () => {
  const emulator = await startEmulator();
  expect((await control(emulator, 'GET', 'tenant')).status).toBe(404);
});

it('lists users and meetings in brief', async () => {
  const emulator = await startEmulator({ control: true });
  const { body } = await control(emulator, 'GET', 'tenant');
  expect(at(body, 'users', 0)).toEqual({
    id: '6b1f3c52-8a0e-4d5f-9c37-2f4a1e7d9b60',
    displayName: 'Nkechi Adebayo-Lund',
    userPrincipalName: 'nkechi.adebayo@morrowtide.example',
  });
  const [meeting] = emulator.tenant.meetings;
  expect(at(body, 'meetings', 0)).toEqual({
    id: meeting?.id,
    organizerId: meeting?.organizerId,
    subject: 'Stand-up: sensors',
    startDateTime: '2026-11-16T08:30:00.0000000Z',
    recordings: 1,
  });
});

it('adds users, meetings and recordings', async () => {
  const emulator = await startEmulator({ control: true, tenant: { users: 0, meetings: 0, recordings: 0 } });
  expect((await control(emulator, 'POST', 'users', { id: 'user' })).status).toBe(201);
  expect((await control(emulator, 'POST', 'meetings', { id: 'meeting', organizerId: 'user' })).status).toBe(201);
  const { body } = await control(emulator, 'POST', 'recordings', {});
  expect(body).toMatchObject({ meetingId: 'meeting', organizerId: 'user' });
  expect(ids((await send(emulator, '/v1.0/users/user/onlineMeetings/meeting/recordings')).body)).toEqual([
    textAt(body, 'id'),
  ]);
});

it('prints given times as Graph does, and compares them by the instant', async () => {
  const emulator = await startEmulator({ control: true, tenant: { users: 1, meetings: 1, recordings: 0 } });
  const { id = '' } = emulator.tenant.users[0] ?? {};
  const times = { createdDateTime: '2026-11-23T13:00:00+01:00', endDateTime: '2026-11-23T12:30Z' };
  const printed = { createdDateTime: '2026-11-23T12:00:00.0000000Z', endDateTime: '2026-11-23T12:30:00.0000000Z' };
  expect((await control(emulator, 'POST', 'recordings', times)).body).toMatchObject(printed);
  const after = async (start: string): Promise<unknown> => {
    const path = `getAllRecordings(meetingOrganizerUserId='${id}',startDateTime=${start})`;
    return at((await send(emulator, `/v1.0/users/${id}/onlineMeetings/${path}`)).body, '@odata.count');
  };
  expect([await after('2026-11-23T11:59:59Z'), await after('2026-11-23T12:00:00Z')]).toEqual([1, 0]);
});

it('changes only the named settings', async () => {
  const emulator = await startEmulator({ control: true });
  const { body } = await control(emulator, 'PATCH', 'settings', { pageSize: 3, forbiddenUsers: ['x'] });
  expect(body).toMatchObject({ pageSize: 3, forbiddenUsers: ['x'], latencyMs: 0 });
  expect(emulator.settings).toEqual((await control(emulator, 'GET', 'settings')).body);
});

it('arms and disarms faults', async () => {
  const emulator = await startEmulator({ control: true });
  const fault = { kind: 'status', status: 502, times: 9, match: { path: '/users/' } };
  expect((await control(emulator, 'POST', 'faults', fault)).status).toBe(204);
  expect((await send(emulator, '/v1.0/users/none')).status).toBe(502);
  expect((await control(emulator, 'DELETE', 'faults')).status).toBe(204);
  expect((await send(emulator, '/v1.0/users/none')).status).toBe(404);
});

it.each(['{"a":1}', 'WyJhIl0=', 'eyJhIjox', 'eyJhIjoxfQ==\r\n', ''])(
  'refuses claims that are not a JSON object in Base64: %j',
  async (claims) => {
    const emulator = await startEmulator({ control: true });
    const { body, status } = await control(emulator, 'POST', 'faults', { kind: 'status', status: 401, claims });
    expect(status).toBe(400);
    expect(textAt(body, 'error', 'message')).toContain(
      `Expected 'claims' of a fault to be a JSON object in Base64, not ${JSON.stringify(claims)}.`,
    );
    expect((await control(emulator, 'POST', 'faults', { kind: 'status', claims: 'eyJhIjoxfQ==' })).status).toBe(204);
  },
);

it('holds and releases requests', async () => {
  const emulator = await startEmulator({ control: true });
  const id = textAt((await control(emulator, 'POST', 'holds', { path: '/users/' })).body, 'id');
  const second = emulator.hold({ path: '/users/none' });
  const waiting = send(emulator, '/v1.0/users/none');
  second.release();
  await expect.poll(async () => at((await control(emulator, 'GET', `holds/${id}`)).body, 'held')).toBe(1);
  expect((await control(emulator, 'DELETE', `holds/${id}`)).status).toBe(204);
  expect((await waiting).status).toBe(404);
  expect((await control(emulator, 'GET', `holds/${id}`)).status).toBe(404);
});

it('shows and clears the log of requests, which excludes its own', async () => {
  const emulator = await startEmulator({ control: true });
  await send(emulator, '/v1.0/users/none');
  expect((await control(emulator, 'GET', 'requests')).body).toMatchObject([{ url: '/v1.0/users/none', status: 404 }]);
  expect((await control(emulator, 'DELETE', 'requests')).status).toBe(204);
  expect((await control(emulator, 'GET', 'requests')).body).toEqual([]);
});

it('expires delta tokens', async () => {
  const emulator = await startEmulator({ control: true, settings: { pageSize: 100 } });
  const { id } = emulator.tenant.users[0] ?? {};
  const path = `/v1.0/users/${id}/onlineMeetings/getAllRecordings(meetingOrganizerUserId='${id}')/delta`;
  const link = textAt((await send(emulator, path)).body, '@odata.deltaLink');
  expect((await control(emulator, 'POST', 'expire-delta-tokens')).status).toBe(204);
  expect((await send(emulator, link)).status).toBe(410);
});

it('sends lifecycle notifications, and shows the outcome of all deliveries', async () => {
  const emulator = await startEmulator({ control: true });
  const endpoint = await startNotificationEndpoint();
  const subscription = await send(emulator, '/v1.0/subscriptions', {
    method: 'POST',
    body: {
      changeType: 'created',
      resource: 'communications/onlineMeetings/getAllRecordings',
      notificationUrl: endpoint.url,
      lifecycleNotificationUrl: endpoint.url,
      expirationDateTime: new Date(Date.now() + 60_000).toISOString(),
    },
  });
  const subscriptionId = textAt(subscription.body, 'id');
  const asked = { subscriptionId, lifecycleEvent: 'subscriptionRemoved' };
  expect((await control(emulator, 'POST', 'lifecycle-events', asked)).body).toMatchObject({
    subscriptionId,
    status: 202,
  });
  expect((await control(emulator, 'GET', 'deliveries')).body).toMatchObject([{ subscriptionId, status: 202 }]);
  expect((await control(emulator, 'POST', 'lifecycle-events', asked)).status).toBe(404);
});

it.each([
  ['PATCH', 'settings', { pageSize: 0 }, "'pageSize' of settings to be a whole number of at least 1"],
  ['PATCH', 'settings', { colour: 1 }, "not 'colour'"],
  ['PATCH', 'settings', { usersWithoutAccessPolicy: [1] }, 'a list of strings'],
  ['PATCH', 'settings', [], 'a JSON object'],
  ['POST', 'faults', {}, "the member 'kind'"],
  ['POST', 'faults', { kind: 'meteor' }, 'one of status, empty'],
  ['POST', 'faults', { kind: 'status', status: 200 }, 'a status from 400 to 599'],
  ['POST', 'faults', { kind: 'reset', match: { pathPattern: '(' } }, 'regular expression'],
  ['POST', 'holds', { verb: 'GET' }, "not 'verb'"],
  ['POST', 'recordings', { meetingId: 'none' }, 'Call addMeeting first'],
  ['POST', 'recordings', { createdDateTime: 'today' }, "'createdDateTime' to be a date and time"],
  ['POST', 'recordings', { endDateTime: '2026-11-31' }, "'endDateTime' to be a date and time"],
  ['POST', 'meetings', { startDateTime: '2026-11-23' }, "'startDateTime' to be a date and time"],
  ['POST', 'lifecycle-events', { subscriptionId: 'x', lifecycleEvent: 'party' }, 'one of reauthorizationRequired'],
] as const)('refuses %s %s %j with an explanation', async (method, path, body, sentence) => {
  const emulator = await startEmulator({ control: true });
  const reply = await control(emulator, method, path, body);
  expect(reply.status).toBe(400);
  expect(textAt(reply.body, 'error', 'message')).toContain(sentence);
});

it('refuses invalid JSON and unknown paths', async () => {
  const emulator = await startEmulator({ control: true });
  const response = await fetch(`${emulator.url}/emulator/faults`, { method: 'POST', body: '{' });
  expect(response.status).toBe(400);
  expect((await control(emulator, 'GET', 'weather')).status).toBe(404);
});
