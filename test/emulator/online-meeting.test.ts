import { expect, it } from 'vitest';
import type { Emulator } from '../../src/emulator/emulator.ts';
import { at, items, send, startEmulator, textAt } from './graph-client.ts';
import type { Reply } from './graph-client.ts';

function base(emulator: Emulator, place = 0): string {
  return `/v1.0/users/${emulator.tenant.meetings[place]?.organizerId}/onlineMeetings`;
}

function invitation({ body }: Reply): string {
  return decodeURIComponent(textAt(body, 'joinInformation', 'content'));
}

it('returns a meeting with its properties', async () => {
  const emulator = await startEmulator();
  const [meeting] = emulator.tenant.meetings;
  const { body } = await send(emulator, `${base(emulator)}/${meeting?.id}`);
  expect(body).toMatchObject({
    id: meeting?.id,
    subject: 'Stand-up: sensors',
    startDateTime: '2026-11-16T08:30:00.0000000Z',
    endDateTime: '2026-11-16T08:45:00.0000000Z',
    joinMeetingIdSettings: { joinMeetingId: meeting?.joinMeetingId },
    participants: {
      organizer: { upn: 'tomasz.wieczorek@morrowtide.example', identity: { user: { id: meeting?.organizerId } } },
    },
  });
  const attendees = at(body, 'participants', 'attendees');
  expect(attendees).toMatchObject(
    meeting?.attendeeIds.map((id) => ({ identity: { user: { id, displayName: null } } })) ?? [],
  );
});

it('includes properties that the metadata does not declare', async () => {
  const emulator = await startEmulator();
  const { body } = await send(emulator, `${base(emulator)}/${emulator.tenant.meetings[0]?.id}`);
  expect(at(body, 'autoAdmittedUsers')).toBe('everyoneInCompany');
  expect(at(body, 'participants', 'organizer', 'identity', 'user')).toMatchObject({
    identityProvider: 'AAD',
    tenantId: emulator.tenant.id,
  });
});

it('returns a meeting to its attendees too', async () => {
  const emulator = await startEmulator();
  const [meeting] = emulator.tenant.meetings;
  const path = `/v1.0/users/${meeting?.attendeeIds[0]}/onlineMeetings/${meeting?.id}`;
  expect((await send(emulator, `${path}?$select=subject`)).body).toMatchObject({ subject: meeting?.subject });
});

it('writes the invitation in the requested language, as a data URI', async () => {
  const emulator = await startEmulator();
  const path = `${base(emulator)}/${emulator.tenant.meetings[0]?.id}`;
  const german = await send(emulator, path, { headers: { 'accept-language': 'de-DE, en;q=0.5' } });
  const english = await send(emulator, path);
  expect(invitation(german)).toMatch(/^data:text\/html,.*Besprechung/);
  expect(invitation(english)).toMatch(/^data:text\/html,.*Join the meeting/);
});

it('hides newer enumeration members unless the client requests them', async () => {
  const emulator = await startEmulator({ tenant: { users: 1, meetings: 40, recordings: 0 } });
  const scopes = async (headers: Readonly<Record<string, string>>): Promise<Set<unknown>> => {
    const paths = emulator.tenant.meetings.map(({ id }) => `${base(emulator)}/${id}`);
    const replies = await Promise.all(paths.map((path) => send(emulator, path, { headers })));
    return new Set(replies.map(({ body }) => at(body, 'lobbyBypassSettings', 'scope')));
  };
  expect(await scopes({})).toEqual(new Set(['organization', 'unknownFutureValue']));
  expect(await scopes({ prefer: 'include-unknown-enum-members' })).toEqual(new Set(['organization', 'invited']));
});

it.each([
  ['JoinWebUrl', 'joinWebUrl'],
  ['joinWebUrl', 'joinWebUrl'],
  ['joinMeetingIdSettings/joinMeetingId', 'joinMeetingId'],
] as const)('finds one meeting by %s', async (name, property) => {
  const emulator = await startEmulator();
  const [, meeting] = emulator.tenant.meetings;
  const filter = encodeURIComponent(`${name} eq '${meeting?.[property]}'`);
  const { body } = await send(emulator, `${base(emulator, 1)}?$filter=${filter}`);
  expect(items(body)).toMatchObject([{ id: meeting?.id }]);
});

it('finds one meeting of the tenant by VideoTeleconferenceId', async () => {
  const emulator = await startEmulator();
  const meeting = emulator.tenant.meetings.find(({ videoTeleconferenceId }) => videoTeleconferenceId !== null);
  const filter = `VideoTeleconferenceId%20eq%20'${meeting?.videoTeleconferenceId}'`;
  const { body } = await send(emulator, `/v1.0/communications/onlineMeetings/?$filter=${filter}`);
  expect(items(body)).toMatchObject([{ id: meeting?.id }]);
});

it.each([
  (emulator: Emulator) => `${base(emulator)}?$filter=JoinWebUrl eq 'https://nowhere.example'`,
  (emulator: Emulator) => `${base(emulator)}?$filter=joinMeetingIdSettings/joinMeetingId eq '1'`,
  () => "/v1.0/communications/onlineMeetings?$filter=VideoTeleconferenceId eq '1'",
])('answers with an empty collection when no meeting matches (%#)', async (path) => {
  const emulator = await startEmulator();
  const { body, status } = await send(emulator, path(emulator).replaceAll(' ', '%20'));
  expect(status).toBe(200);
  expect(items(body)).toEqual([]);
});

it('finds a meeting by a link that contains quotes', async () => {
  const emulator = await startEmulator();
  const joinWebUrl = "https://teams.example/l/it's+here?a=%27b%27";
  const { id, organizerId } = emulator.addMeeting({ joinWebUrl });
  const filter = encodeURIComponent(`JoinWebUrl eq '${joinWebUrl.replaceAll("'", "''")}'`);
  const { body } = await send(emulator, `/v1.0/users/${organizerId}/onlineMeetings?$filter=${filter}`);
  expect(items(body)).toMatchObject([{ id }]);
});

it.each([
  (emulator: Emulator) => base(emulator),
  (emulator: Emulator) => `${base(emulator)}?$filter=subject%20eq%20'x'`,
  (emulator: Emulator) => `${base(emulator)}?$filter=JoinWebUrl%20ne%20'x'`,
  () => '/v1.0/communications/onlineMeetings',
  () => "/v1.0/communications/onlineMeetings?$filter=JoinWebUrl%20eq%20'x'",
])('refuses to list meetings without a supported filter (%#)', async (path) => {
  const emulator = await startEmulator();
  expect((await send(emulator, path(emulator))).status).toBe(400);
});
