import { describe, expect, it } from 'vitest';
import { at, startGateway } from '../support/gateway.ts';
import type { TestGateway } from '../support/gateway.ts';

const ORGANIZER = '5d0c8c9e-1b8e-4f7a-9c55-0a3d2f6be1c4';
const SPELLED = ORGANIZER.toUpperCase();

/** A gateway over a tenant with one organizer, one meeting and one recording. */
async function startOne(): Promise<TestGateway> {
  const gateway = await startGateway({ tenant: { users: 0, meetings: 0, recordings: 0 } });
  gateway.emulator.addUser({ id: ORGANIZER, displayName: 'Adele Vance' });
  gateway.emulator.addMeeting({ id: 'MSo1', organizerId: ORGANIZER, subject: 'Planning' });
  gateway.emulator.addRecording({ id: 'UmVj', meetingId: 'MSo1' });
  return gateway;
}

const page = (id: string, after: string): string =>
  `{ callRecordings(meetingOrganizerId: "${id}", first: 1${after}) { nodes { id } pageInfo { endCursor } } }`;

describe('An organizer id in two letter cases', () => {
  it.each([
    [
      'a recording',
      (id: string) =>
        `callRecording(meetingOrganizerId: "${id}", meetingId: "MSo1", id: "UmVj") { meetingOrganizerId id }`,
      // Graph itself gives this id.
      () => ({ meetingOrganizerId: ORGANIZER, id: 'UmVj' }),
      `/users/${SPELLED}/onlineMeetings/MSo1/recordings/UmVj`,
    ],
    [
      'a meeting',
      (id: string) => `onlineMeeting(organizerId: "${id}", id: "MSo1") { organizerId subject }`,
      (id: string) => ({ organizerId: id, subject: 'Planning' }),
      `/users/${SPELLED}/onlineMeetings/MSo1`,
    ],
    [
      'the recordings of a meeting',
      (id: string) => `onlineMeeting(organizerId: "${id}", id: "MSo1") { organizerId recordings { nodes { id } } }`,
      (id: string) => ({ organizerId: id, recordings: { nodes: [{ id: 'UmVj' }] } }),
      `/users/${SPELLED}/onlineMeetings/MSo1/recordings`,
    ],
    [
      'all recordings',
      (id: string) => `callRecordings(meetingOrganizerId: "${id}") { nodes { id } }`,
      () => ({ nodes: [{ id: 'UmVj' }] }),
      `/users/${SPELLED}/onlineMeetings/getAllRecordings(meetingOrganizerUserId='${SPELLED}')`,
    ],
    [
      'a user',
      (id: string) => `user(id: "${id}") { id displayName }`,
      (id: string) => ({ id, displayName: 'Adele Vance' }),
      `/users/${SPELLED}?$select=id,displayName,userPrincipalName`,
    ],
  ])('causes one request for %s, which answers both fields', async (_, field, answer, path) => {
    const gateway = await startOne();
    const { data, errors } = await gateway.query(`{ one: ${field(SPELLED)} other: ${field(ORGANIZER)} }`);
    expect(errors).toBeUndefined();
    expect(data).toEqual({ one: answer(SPELLED), other: answer(ORGANIZER) });
    expect(gateway.paths().filter((asked) => asked.toLowerCase() === path.toLowerCase())).toEqual([path]);
  });

  it('causes no further request for a loaded meeting below another field', async () => {
    const gateway = await startOne();
    const { data, errors } = await gateway.query(
      `{ onlineMeeting(organizerId: "${SPELLED}", id: "MSo1") { subject recordings { nodes { meeting { organizerId subject } } } } }`,
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      onlineMeeting: {
        subject: 'Planning',
        recordings: { nodes: [{ meeting: { organizerId: ORGANIZER, subject: 'Planning' } }] },
      },
    });
    expect(gateway.paths().toSorted()).toEqual([
      `/users/${SPELLED}/onlineMeetings/MSo1`,
      `/users/${SPELLED}/onlineMeetings/MSo1/recordings`,
    ]);
  });

  it('causes one request for a meeting that a router references in both', async () => {
    const gateway = await startOne();
    const { data, errors } = await gateway.query(
      'query ($of: [_Any!]!) { _entities(representations: $of) { ... on OnlineMeeting { organizerId subject } } }',
      { of: [SPELLED, ORGANIZER].map((organizerId) => ({ __typename: 'OnlineMeeting', organizerId, id: 'MSo1' })) },
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      _entities: [SPELLED, ORGANIZER].map((organizerId) => ({ organizerId, subject: 'Planning' })),
    });
    expect(gateway.requests()).toEqual([`GET /v1.0/users/${SPELLED}/onlineMeetings/MSo1`]);
  });

  it('lets a list that began in one letter case continue in the other', async () => {
    const gateway = await startOne();
    gateway.emulator.addRecording({ id: 'VmVj', meetingId: 'MSo1' });
    const { data } = await gateway.query(page(SPELLED, ''));
    const cursor = String(at(data, 'callRecordings.pageInfo.endCursor'));
    const next = await gateway.query(page(ORGANIZER, `, after: "${cursor}"`));
    expect(next.errors).toBeUndefined();
    expect(at(next.data, 'callRecordings.nodes.0.id')).not.toBe(at(data, 'callRecordings.nodes.0.id'));
  });
});
