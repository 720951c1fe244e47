import { expect, it } from 'vitest';
import type { Emulator } from '../../src/emulator/emulator.ts';
import { applicationToken, at, delegatedToken, items, send, startEmulator, textAt } from './graph-client.ts';
import type { Sent } from './graph-client.ts';

const readRecordings = 'OnlineMeetingRecording.Read.All';

/** The first meeting of the demo tenant with a recording and two attendees, and a user who is not invited. */
function cast(emulator: Emulator): {
  readonly organizerId: string;
  readonly attendeeId: string;
  readonly strangerId: string;
  readonly meetingId: string;
  readonly recordingId: string;
  readonly joinWebUrl: string;
} {
  const { meetings, recordingsOfMeeting, users } = emulator.tenant;
  const meeting = meetings.find(
    ({ attendeeIds, id }) => attendeeIds.length === 2 && recordingsOfMeeting(id).length > 0,
  );
  const invited = [meeting?.organizerId, ...(meeting?.attendeeIds ?? [])];
  return {
    organizerId: meeting?.organizerId ?? '',
    attendeeId: meeting?.attendeeIds[0] ?? '',
    strangerId: users.find(({ id }) => !invited.includes(id))?.id ?? '',
    meetingId: meeting?.id ?? '',
    recordingId: recordingsOfMeeting(meeting?.id ?? '')[0]?.id ?? '',
    joinWebUrl: meeting?.joinWebUrl ?? '',
  };
}

it.each([
  ['no token', ''],
  ['another scheme', 'Basic dXNlcjpwYXNzd29yZA=='],
  ['an expired token', applicationToken([readRecordings], { exp: 1 })],
  ['a delegated token without a user', applicationToken([], { scp: 'User.Read' })],
])('answers 401 with a challenge to %s', async (_what, authorization) => {
  const emulator = await startEmulator();
  const reply = await send(emulator, '/v1.0/me', { authorization, headers: { 'client-request-id': 'mine' } });
  expect(reply.status).toBe(401);
  expect(reply.headers['www-authenticate']).toMatch(/^Bearer /);
  expect(reply.body).toMatchObject({
    error: {
      code: 'InvalidAuthenticationToken',
      innerError: {
        date: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/),
        'request-id': reply.headers['request-id'],
        'client-request-id': 'mine',
      },
    },
  });
});

it('accepts a token until it expires by the clock', async () => {
  let nowMs = 1_000_000;
  const emulator = await startEmulator({ now: () => nowMs });
  const id = emulator.tenant.users[0]?.id ?? '';
  const authorization = delegatedToken(id, 'User.Read', { exp: 2_000 });
  expect((await send(emulator, '/v1.0/me', { authorization })).status).toBe(200);
  nowMs = 1_999_999;
  expect((await send(emulator, '/v1.0/me', { authorization })).status).toBe(200);
  nowMs = 2_000_000;
  expect((await send(emulator, '/v1.0/me', { authorization })).status).toBe(401);
});

it.each<[number, string, Sent]>([
  [200, '/v1.0/subscriptions', {}],
  [200, '/v1.0/$batch', { method: 'POST', body: { requests: [{ id: '1', method: 'GET', url: '/users/none' }] } }],
  [400, '/v2.0/me', {}],
  [401, '/v1.0/me', { authorization: '' }],
  [404, '/v1.0/users/none', {}],
  [405, '/v1.0/$batch', {}],
])('answers with %i to %s with a request-id, diagnostics and the client-request-id', async (status, path, sent) => {
  const emulator = await startEmulator();
  const [one, other] = [
    await send(emulator, path, { ...sent, headers: { 'client-request-id': 'mine' } }),
    await send(emulator, path, sent),
  ];
  const id = expect.stringMatching(/^[0-9a-f-]{36}$/);
  const diagnostics = { 'x-ms-ags-diagnostic': expect.stringContaining('ServerInfo') };
  expect(one).toMatchObject({ status, headers: { 'request-id': id, 'client-request-id': 'mine', ...diagnostics } });
  expect(other).toMatchObject({ status, headers: { 'request-id': id, 'client-request-id': id, ...diagnostics } });
  expect(one.headers['request-id']).not.toBe(other.headers['request-id']);
});

it('supports /me only for a signed-in user', async () => {
  const emulator = await startEmulator();
  const { attendeeId, meetingId } = cast(emulator);
  const authorization = delegatedToken(attendeeId, `User.Read OnlineMeetings.Read ${readRecordings}`);
  for (const path of [
    '/v1.0/me',
    `/v1.0/me/onlineMeetings/${meetingId}`,
    `/v1.0/me/onlineMeetings/${meetingId}/recordings`,
  ]) {
    expect((await send(emulator, path, { authorization })).status).toBe(200);
    expect((await send(emulator, path)).status).toBe(400);
  }
});

it.each([
  [
    'recordings',
    (id: string, meeting: string) => `/v1.0/users/${id}/onlineMeetings/${meeting}/recordings`,
    readRecordings,
    readRecordings,
  ],
  [
    'meetings',
    (id: string, meeting: string) => `/v1.0/users/${id}/onlineMeetings/${meeting}`,
    'OnlineMeetings.Read.All',
    'OnlineMeetings.Read',
  ],
  ['users', (id: string) => `/v1.0/users/${id}`, 'User.Read.All', 'User.ReadBasic.All'],
  ['oneself', (id: string) => `/v1.0/users/${id}`, undefined, 'User.Read'],
  [
    'all recordings',
    (id: string) => `/v1.0/users/${id}/onlineMeetings/getAllRecordings(meetingOrganizerUserId='${id}')`,
    readRecordings,
    undefined,
  ],
  [
    'their delta',
    (id: string) => `/v1.0/users/${id}/onlineMeetings/getAllRecordings(meetingOrganizerUserId='${id}')/delta`,
    readRecordings,
    undefined,
  ],
  [
    'meetings by VTC id',
    () => "/v1.0/communications/onlineMeetings?$filter=VideoTeleconferenceId%20eq%20'1'",
    'OnlineMeetings.Read.All',
    undefined,
  ],
])('answers 403 to a request for %s without the permission for it', async (_what, path, role, scope) => {
  const emulator = await startEmulator();
  const { meetingId, organizerId } = cast(emulator);
  const status = async (authorization: string): Promise<number> =>
    (await send(emulator, path(organizerId, meetingId), { authorization })).status;
  expect(await status(applicationToken(['Mail.Read', role ?? 'User.Read']))).toBe(role === undefined ? 403 : 200);
  const scopes = scope ?? `OnlineMeetings.Read ${readRecordings}`;
  expect(await status(delegatedToken(organizerId, `Mail.Read ${scopes}`))).toBe(scope === undefined ? 403 : 200);
  expect(await status(applicationToken(['Mail.Read']))).toBe(403);
  expect(await status(delegatedToken(organizerId, 'Mail.Read'))).toBe(403);
});

it.each([
  ['a meeting', () => ''],
  ['the recordings of a meeting', () => '/recordings'],
  ['one recording of a meeting', (recordingId: string) => `/recordings/${recordingId}`],
])('shows %s only to the organizer and the attendees of the meeting', async (_what, tail) => {
  const emulator = await startEmulator();
  const { attendeeId, meetingId, organizerId, recordingId, strangerId } = cast(emulator);
  const resource = `onlineMeetings/${meetingId}${tail(recordingId)}`;
  const ask = async (userId: string): Promise<readonly unknown[]> => {
    const authorization = delegatedToken(userId, `OnlineMeetings.Read ${readRecordings}`);
    const replies = await Promise.all([
      send(emulator, `/v1.0/me/${resource}`, { authorization }),
      send(emulator, `/v1.0/users/${organizerId}/${resource}`, { authorization }),
      send(emulator, `/v1.0/users/${userId}/${resource}`),
    ]);
    return replies.map(({ body, status }) => [status, at(body, 'error', 'message')]);
  };
  const granted = [200, undefined];
  const denied = [403, '3003: User does not have access to lookup meeting'];
  expect(await ask(organizerId)).toEqual([granted, granted, granted]);
  expect(await ask(attendeeId)).toEqual([granted, granted, granted]);
  expect(await ask(strangerId)).toEqual([denied, denied, denied]);
});

it('finds a meeting by its link only for the organizer', async () => {
  const emulator = await startEmulator();
  const { attendeeId, joinWebUrl, organizerId } = cast(emulator);
  const path = `/v1.0/me/onlineMeetings?$filter=${encodeURIComponent(`JoinWebUrl eq '${joinWebUrl}'`)}`;
  const as = (id: string) => send(emulator, path, { authorization: delegatedToken(id, 'OnlineMeetings.Read') });
  expect(items((await as(organizerId)).body)).toHaveLength(1);
  expect(textAt((await as(attendeeId)).body, 'error', 'message')).toContain('3003');
});

it('returns content only to the organizer or to an application', async () => {
  const emulator = await startEmulator();
  const { attendeeId, meetingId, organizerId, recordingId } = cast(emulator);
  const tail = `onlineMeetings/${meetingId}/recordings/${recordingId}/content`;
  const headers = { range: 'bytes=0-1' };
  const as = (id: string) =>
    send(emulator, `/v1.0/me/${tail}`, { headers, authorization: delegatedToken(id, readRecordings) });
  expect((await as(organizerId)).status).toBe(206);
  expect((await as(attendeeId)).status).toBe(403);
  expect((await send(emulator, `/v1.0/users/${organizerId}/${tail}`, { headers })).status).toBe(206);
});

it('requires an application access policy of applications, for the user in the path', async () => {
  const emulator = await startEmulator();
  const { attendeeId, meetingId, organizerId } = cast(emulator);
  emulator.settings.usersWithoutAccessPolicy = [organizerId.toUpperCase()];
  const paths = [meetingId, `${meetingId}/recordings`, `getAllRecordings(meetingOrganizerUserId='${organizerId}')`];
  for (const path of paths) {
    const { body, status } = await send(emulator, `/v1.0/users/${organizerId}/onlineMeetings/${path}`);
    expect(status).toBe(403);
    expect(textAt(body, 'error', 'message')).toMatch(/^No application access policy found for this app /);
  }
  expect((await send(emulator, `/v1.0/users/${attendeeId}/onlineMeetings/${meetingId}`)).status).toBe(200);
  const authorization = delegatedToken(organizerId, 'OnlineMeetings.Read');
  expect(
    (await send(emulator, `/v1.0/users/${organizerId}/onlineMeetings/${meetingId}`, { authorization })).status,
  ).toBe(200);
  const byVtc = "/v1.0/communications/onlineMeetings?$filter=VideoTeleconferenceId%20eq%20'1'";
  expect((await send(emulator, byVtc)).status).toBe(200);
});
