import { expect, it } from 'vitest';
import { createEmulator } from '../../src/emulator/emulator.ts';
import { at, items, send, startEmulator } from './graph-client.ts';

it('has exactly the configured size, with a recording for every meeting when there are enough', async () => {
  const { tenant } = await startEmulator({ tenant: { users: 1, meetings: 50, recordings: 100 } });
  expect([tenant.users.length, tenant.meetings.length, tenant.recordings.length]).toEqual([1, 50, 100]);
  expect(tenant.meetings.every(({ organizerId }) => organizerId === tenant.users[0]?.id)).toBe(true);
  expect(tenant.meetings.map(({ id }) => tenant.recordingsOfMeeting(id).length)).not.toContain(0);
});

it('is the same for the same seed, and different for another seed', async () => {
  const size = { users: 2, meetings: 5, recordings: 9 };
  const [one, same, other] = await Promise.all([
    startEmulator({ tenant: { ...size, seed: 'one' } }),
    startEmulator({ tenant: { ...size, seed: 'one' } }),
    startEmulator({ tenant: { ...size, seed: 'other' } }),
  ]);
  expect(same.tenant.recordings).toEqual(one.tenant.recordings);
  expect(other.tenant.recordings).not.toEqual(one.tenant.recordings);
});

it('is a plausible week of November 2026 by default', async () => {
  const { tenant } = await startEmulator();
  expect(tenant.users[0]).toMatchObject({ id: '6b1f3c52-8a0e-4d5f-9c37-2f4a1e7d9b60' });
  expect(tenant.users.every(({ userPrincipalName }) => userPrincipalName.endsWith('.example'))).toBe(true);
  const days = tenant.meetings.map(({ startDateTime }) => startDateTime.slice(0, 10));
  expect(new Set(days)).toEqual(new Set(['2026-11-16', '2026-11-17', '2026-11-18', '2026-11-19', '2026-11-20']));
  const counts = new Set(tenant.meetings.map(({ id }) => tenant.recordingsOfMeeting(id).length));
  expect(counts).toEqual(new Set([0, 1, 2, 3]));
  const created = tenant.recordings.map(({ createdDateTime }) => createdDateTime);
  expect(created).not.toEqual(created.toSorted());
});

it('lists recordings out of chronological order, but those of one meeting together', async () => {
  const { tenant } = await startEmulator({ tenant: { users: 1, meetings: 20, recordings: 60 } });
  const created = tenant.recordings.map(({ createdDateTime }) => createdDateTime);
  expect(created).not.toEqual(created.toSorted());
  const changes = tenant.recordings.filter(
    ({ meetingId }, place) => meetingId !== tenant.recordings[place - 1]?.meetingId,
  );
  expect(changes).toHaveLength(20);
});

it('has recording ids in the old and the new format, and meeting ids that contain the organizer id', async () => {
  const { tenant } = await startEmulator({ tenant: { users: 1, meetings: 20, recordings: 60 } });
  const forms = tenant.recordings.map(({ id }) =>
    /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id) ? 'older' : id.at(-1),
  );
  expect(new Set(forms)).toEqual(new Set(['older', '=']));
  const decoded = Buffer.from(tenant.meetings[0]?.id ?? '', 'base64').toString();
  expect(decoded).toMatch(new RegExp(`^1\\*${tenant.users[0]?.id}\\*0\\*\\*19:meeting_\\w+@thread\\.v2$`));
});

it('answers with 10,000 meetings and 100,000 recordings', { timeout: 60_000 }, async () => {
  const emulator = await startEmulator({ tenant: { users: 100, meetings: 10_000, recordings: 100_000 } });
  const { id } = emulator.tenant.users[42] ?? {};
  const { body } = await send(
    emulator,
    `/v1.0/users/${id}/onlineMeetings/getAllRecordings(meetingOrganizerUserId='${id}')?$top=500`,
  );
  expect(items(body)).toHaveLength(500);
  expect(at(body, '@odata.nextLink')).toBeTypeOf('string');
});

it.each([
  [{ users: 0, meetings: 1 }, 'at least one user'],
  [{ meetings: 0, recordings: 1 }, 'recordings require at least one meeting'],
  [{ users: -1 }, 'users must be a whole number'],
  [{ recordings: 1.5 }, 'recordings must be a whole number'],
])('is refused with the size %j', async (tenant, sentence) => {
  await expect(createEmulator({ tenant })).rejects.toThrow(sentence);
});

it('refuses duplicate ids and unknown users and meetings', async () => {
  const emulator = await startEmulator({ tenant: { users: 1, meetings: 1, recordings: 1 } });
  const [user] = emulator.tenant.users;
  const [meeting] = emulator.tenant.meetings;
  const [recording] = emulator.tenant.recordings;
  expect(() => emulator.addUser({ id: user?.id.toUpperCase() ?? '' })).toThrow('The tenant already has a user');
  expect(() => emulator.addMeeting({ id: meeting?.id ?? '' })).toThrow('The tenant already has a meeting');
  expect(() => emulator.addMeeting({ organizerId: 'stranger' })).toThrow('Call addUser first');
  expect(() => emulator.addMeeting({ attendeeIds: ['stranger'] })).toThrow('Call addUser first');
  expect(() => emulator.addRecording({ id: recording?.id ?? '' })).toThrow('The meeting already has a recording');
  expect(() => emulator.addRecording({ meetingId: 'none' })).toThrow('Call addMeeting first');
});
