import { expect, it } from 'vitest';
import { at, ids, send, startEmulator } from './graph-client.ts';

const nastyIds = [
  'a/b',
  '..',
  '../../me',
  'a+b=',
  '100%',
  '%2F',
  "it's",
  'two words',
  '日本語🎥',
  'a?b#c&d',
  'getAllRecordings',
  "x('y')",
  'constructor',
];

function plain(key: string): string {
  return `/${encodeURIComponent(key)}`;
}

function quoted(key: string): string {
  return `('${encodeURIComponent(key.replaceAll("'", "''"))}')`;
}

it.each(nastyIds)('finds the meeting and the recording with the id %j by both notations of a key', async (id) => {
  const emulator = await startEmulator({ tenant: { users: 0, meetings: 0, recordings: 0 } });
  emulator.addUser({ id: `user ${id}` });
  emulator.addMeeting({ id: `meeting ${id}`, organizerId: `user ${id}` });
  emulator.addRecording({ id, meetingId: `meeting ${id}` });
  for (const key of [plain, quoted]) {
    const path = `/v1.0/users${key(`user ${id}`)}/onlineMeetings${key(`meeting ${id}`)}/recordings${key(id)}`;
    expect((await send(emulator, path)).body).toMatchObject({ id, meetingId: `meeting ${id}` });
  }
});

it('does not resolve dot segments in a path', async () => {
  const emulator = await startEmulator({ tenant: { users: 1, meetings: 0, recordings: 0 } });
  emulator.addMeeting({ id: '..', organizerId: emulator.tenant.users[0]?.id ?? '' });
  const { body } = await send(emulator, `/v1.0/users/${emulator.tenant.users[0]?.id}/onlineMeetings/..`);
  expect(body).toMatchObject({ id: '..' });
});

it('reads query options with and without $, in any letter case', async () => {
  const emulator = await startEmulator();
  const user = `/v1.0/users/${emulator.tenant.users[0]?.id}`;
  for (const option of ['$select', 'select', '$SELECT', '%24Select']) {
    expect(at((await send(emulator, `${user}?${option}=displayName`)).body, 'mail')).toBeUndefined();
  }
  expect((await send(emulator, `${user}?$select=id&select=mail`)).status).toBe(400);
});

it('keeps the version of the path in the context URL', async () => {
  const emulator = await startEmulator();
  const { body } = await send(emulator, `/beta/users/${emulator.tenant.users[0]?.id}`);
  expect(body).toMatchObject({ '@odata.context': `${emulator.url}/beta/$metadata#users/$entity` });
});

it.each([
  ['/', 400, 'BadRequest'],
  ['/v2.0/me', 400, 'BadRequest'],
  ['/v1.0/users/%E0%A4%A', 400, 'BadRequest'],
  ['/v1.0/users(nobody)', 400, 'BadRequest'],
  ['/v1.0/teams', 404, 'NotFound'],
  ['/v1.0/users/x/onlineMeetings/y/recordings/z/content/more', 404, 'NotFound'],
  ['/v1.0/constructor', 404, 'NotFound'],
  ['/v1.0/users', 404, 'NotFound'],
  ['/v1.0//users/x', 404, 'NotFound'],
])('refuses %s with %i %s', async (path, status, code) => {
  const emulator = await startEmulator();
  const reply = await send(emulator, path);
  expect(reply).toMatchObject({ status, body: { error: { code } } });
});

it.each([
  ['/me', 'GET'],
  ['/users/x', 'GET'],
  ['/users/x/onlineMeetings', 'GET'],
  ['/users/x/onlineMeetings/y', 'GET'],
  ['/users/x/onlineMeetings/y/recordings', 'GET'],
  ['/users/x/onlineMeetings/y/recordings/z', 'GET'],
  ['/users/x/onlineMeetings/y/recordings/z/content', 'GET'],
  ['/users/x/onlineMeetings/getAllRecordings', 'GET'],
  ['/users/x/onlineMeetings/getAllRecordings/delta', 'GET'],
  ['/communications/onlineMeetings', 'GET'],
  ['/subscriptions', 'GET POST'],
  ['/subscriptions/x', 'GET PATCH DELETE'],
  ['/subscriptions/x/reauthorize', 'POST'],
  ['/$batch', 'POST'],
])('answers 405 at %s to every method but %s', async (path, allowed) => {
  const emulator = await startEmulator();
  const methods = ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'] as const;
  const replies = await Promise.all(methods.map((method) => send(emulator, `/v1.0${path}`, { method })));
  expect(methods.filter((_, place) => replies[place]?.status !== 405).join(' ')).toBe(allowed);
});

const organizer = "O'Neill";
const organizerKey = encodeURIComponent("O''Neill");

it.each([
  [
    'inline parameters',
    `getAllRecordings(meetingOrganizerUserId='${organizerKey}',startDateTime=2026-01-02T00:00:00Z)`,
  ],
  [
    'spaces after commas',
    `getAllRecordings(meetingOrganizerUserId='${organizerKey}',%20startDateTime=2026-01-02T00:00:00Z)`,
  ],
  [
    'everything percent-encoded',
    encodeURIComponent(`getAllRecordings(meetingOrganizerUserId='O''Neill',startDateTime=2026-01-02T00:00:00Z)`),
  ],
  [
    'a quoted date and time',
    `getAllRecordings(meetingOrganizerUserId='${organizerKey}',startDateTime='2026-01-02T00:00:00Z')`,
  ],
  [
    'the aliases of OData',
    `getAllRecordings(meetingOrganizerUserId=@o,startDateTime=@s)?@o='${organizerKey}'&@s=2026-01-02T00:00:00Z`,
  ],
  [
    'the aliases of Kiota',
    `getAllRecordings(meetingOrganizerUserId='@meetingOrganizerUserId',startDateTime=@startDateTime,endDateTime=@endDateTime)?meetingOrganizerUserId=${encodeURIComponent(organizer)}&startDateTime=2026-01-02T00%3A00%3A00Z`,
  ],
  [
    'a qualified name',
    `microsoft.graph.getAllRecordings(meetingOrganizerUserId='${organizerKey}',startDateTime=2026-01-02T00:00:00Z)`,
  ],
  [
    'another letter case',
    `GETALLRECORDINGS(MeetingOrganizerUserID='${organizerKey}',STARTDATETIME=2026-01-02T00:00:00Z)`,
  ],
])('accepts getAllRecordings with %s', async (_what, call) => {
  const emulator = await startEmulator({ tenant: { users: 0, meetings: 0, recordings: 0 } });
  emulator.addUser({ id: organizer });
  emulator.addMeeting({ id: 'meeting', organizerId: organizer });
  emulator.addRecording({ id: 'early', meetingId: 'meeting', createdDateTime: '2026-01-01T00:00:00.0000000Z' });
  emulator.addRecording({ id: 'late', meetingId: 'meeting', createdDateTime: '2026-01-03T00:00:00.0000000Z' });
  const { body } = await send(emulator, `/v1.0/users/${encodeURIComponent(organizer)}/onlineMeetings/${call}`);
  expect(ids(body)).toEqual(['late']);
});
