import { describe, expect, it } from 'vitest';
import { at, listAt, startGateway } from '../support/gateway.ts';
import type { TestGateway } from '../support/gateway.ts';

function organizerOf({ emulator }: TestGateway, index = 0): string {
  return emulator.tenant.users[index]?.id ?? '';
}

const RECORDINGS = `query ($organizer: ID!, $names: Boolean = false) {
  callRecordings(meetingOrganizerId: $organizer, first: 100) {
    nodes {
      id
      meeting { subject startDateTime endDateTime }
      meetingOrganizer @include(if: $names) { user { displayName } }
    }
  }
}`;

/** An operation that selects each meeting with its recordings under an alias. */
function meetingsWithRecordings(meetings: readonly { id: string; organizerId: string }[]): string {
  const fields = meetings.map(
    ({ id, organizerId }, index) =>
      `m${index}: onlineMeeting(organizerId: "${organizerId}", id: "${id}") { subject recordings { nodes { id } } }`,
  );
  return `{ ${fields.join('\n')} }`;
}

describe('The requests to Graph', () => {
  it('are 1 + 3 for 100 recordings of 50 meetings', async () => {
    const gateway = await startGateway({ tenant: { users: 1, meetings: 50, recordings: 100 } });
    const organizer = organizerOf(gateway);
    const { data, errors } = await gateway.query(RECORDINGS, { organizer });
    expect(errors).toBeUndefined();
    const subjects = new Map(gateway.emulator.tenant.meetings.map(({ id, subject }) => [id, subject]));
    const expected = gateway.emulator.tenant.recordings.map(
      ({ id, meetingId }) => [id, subjects.get(meetingId)] as const,
    );
    const answered = listAt(data, 'callRecordings.nodes').map(
      (node) => [at(node, 'id'), at(node, 'meeting.subject')] as const,
    );
    expect(new Map(answered)).toEqual(new Map(expected));
    // They leave fullest first, and arrive over separate connections.
    expect(gateway.requests().toSorted()).toEqual([
      `GET /v1.0/users/${organizer}/onlineMeetings/getAllRecordings(meetingOrganizerUserId='${organizer}')`,
      'POST /v1.0/$batch of 10',
      'POST /v1.0/$batch of 20',
      'POST /v1.0/$batch of 20',
    ]);
  });

  it('have one part more in the same batches when the names of organizers are selected', async () => {
    const gateway = await startGateway({ tenant: { users: 1, meetings: 50, recordings: 100 } });
    const { data, errors } = await gateway.query(RECORDINGS, { organizer: organizerOf(gateway), names: true });
    expect(errors).toBeUndefined();
    const name = gateway.emulator.tenant.users[0]?.displayName;
    const nodes = listAt(data, 'callRecordings.nodes');
    expect(nodes.map((node) => at(node, 'meetingOrganizer.user.displayName'))).toEqual(nodes.map(() => name));
    expect(gateway.requests().slice(1).toSorted()).toEqual([
      'POST /v1.0/$batch of 11',
      'POST /v1.0/$batch of 20',
      'POST /v1.0/$batch of 20',
    ]);
  });

  it('are 2 batches for 20 meetings with their recordings', async () => {
    const gateway = await startGateway({ tenant: { users: 1, meetings: 20, recordings: 40 } });
    const { data, errors } = await gateway.query(meetingsWithRecordings(gateway.emulator.tenant.meetings));
    expect(errors).toBeUndefined();
    const answered = Object.values(data ?? {}).flatMap((meeting) => listAt(meeting, 'recordings.nodes'));
    expect(answered).toHaveLength(40);
    expect(new Set(answered.map((node) => at(node, 'id')))).toEqual(
      new Set(gateway.emulator.tenant.recordings.map(({ id }) => id)),
    );
    expect(gateway.requests()).toEqual(['POST /v1.0/$batch of 20', 'POST /v1.0/$batch of 20']);
  });

  it('take one round trip for 20 meetings with their recordings', async () => {
    const gateway = await startGateway({ tenant: { users: 1, meetings: 20, recordings: 40 } });
    const hold = gateway.emulator.hold({ path: '/$batch' });
    const response = gateway.query(meetingsWithRecordings(gateway.emulator.tenant.meetings));
    // The second arrives before the first is answered.
    await hold.arrived(2);
    hold.release();
    expect((await response).errors).toBeUndefined();
  });

  it('take one round trip for a recording, its meeting and the name of its organizer', async () => {
    const gateway = await startGateway();
    const [recording] = gateway.emulator.tenant.recordings;
    const organizer = organizerOf(gateway);
    const { data } = await gateway.query(
      `query ($organizer: ID!, $meeting: ID!, $id: ID!, $isShort: Boolean = false) {
        callRecording(meetingOrganizerId: $organizer, meetingId: $meeting, id: $id) {
          meetingOrganizer { user { ...Named } }
          meeting { subject recordings(first: 1) @skip(if: $isShort) { nodes { id } } }
        }
      }
      fragment Named on Identity { displayName }`,
      { organizer, meeting: recording?.meetingId, id: recording?.id },
    );
    expect(at(data, 'callRecording.meetingOrganizer.user.displayName')).toBe(
      gateway.emulator.tenant.users[0]?.displayName,
    );
    expect(listAt(data, 'callRecording.meeting.recordings.nodes')).toHaveLength(1);
    expect(gateway.requests()).toEqual(['POST /v1.0/$batch of 4']);
  });

  it('prefetch nothing that is skipped', async () => {
    const gateway = await startGateway();
    const [meeting] = gateway.emulator.tenant.meetings;
    await gateway.query(
      `query ($organizer: ID!, $id: ID!, $isShort: Boolean!) {
        onlineMeeting(organizerId: $organizer, id: $id) { subject recordings @skip(if: $isShort) { nodes { id } } }
      }`,
      { organizer: meeting?.organizerId, id: meeting?.id, isShort: true },
    );
    expect(gateway.paths()).toEqual([`/users/${meeting?.organizerId}/onlineMeetings/${meeting?.id}`]);
  });

  it('are one batch for a meeting that does not exist, and its prefetched list is no error', async () => {
    const gateway = await startGateway();
    const response = await gateway.query(
      'query ($organizer: ID!) { onlineMeeting(organizerId: $organizer, id: "none") { recordings { nodes { id } } } }',
      { organizer: organizerOf(gateway) },
    );
    expect(response).toEqual({ data: { onlineMeeting: null } });
    expect(gateway.requests()).toEqual(['POST /v1.0/$batch of 2']);
  });

  it('are far fewer than one for each meeting when 64 operations run at once', async () => {
    const gateway = await startGateway({ tenant: { users: 64, meetings: 64 * 20, recordings: 64 * 20 } });
    const { users, meetings } = gateway.emulator.tenant;
    const operations = users.map(({ id }) =>
      gateway.query(meetingsWithRecordings(meetings.filter(({ organizerId }) => organizerId === id))),
    );
    const responses = await Promise.all(operations);
    expect(responses.filter(({ errors }) => errors !== undefined)).toEqual([]);
    expect(responses.flatMap(({ data }) => Object.values(data ?? {}))).toHaveLength(64 * 20);
    // 2,560 parts fill 128 batches when each is full.
    expect(gateway.paths()).toHaveLength(2 * 64 * 20);
    expect(gateway.requests().length).toBeLessThan(64 * 3);
  });

  it('are one for a list that is selected again below its own recordings, in pages of another size', async () => {
    const gateway = await startGateway();
    const { data, errors } = await gateway.query(
      `query ($organizer: ID!) {
        callRecordings(meetingOrganizerId: $organizer, first: 1) {
          nodes { meetingOrganizer { user { user { callRecordings(first: 2) { nodes { id } } } } } }
        }
      }`,
      { organizer: organizerOf(gateway) },
    );
    expect(errors).toBeUndefined();
    expect(
      listAt(data, 'callRecordings.nodes.0.meetingOrganizer.user.user.callRecordings.nodes').map((node) =>
        at(node, 'id'),
      ),
    ).toEqual(gateway.emulator.tenant.recordings.slice(0, 2).map(({ id }) => id));
    expect(gateway.paths()).toHaveLength(1);
  });

  it('are none when no selected field needs Graph', async () => {
    const gateway = await startGateway();
    expect(await gateway.query('{ user(id: "somebody") { id } }')).toEqual({ data: { user: { id: 'somebody' } } });
    expect(gateway.requests()).toEqual([]);
  });

  it('are aborted when the caller disconnects', async () => {
    const gateway = await startGateway();
    const hold = gateway.emulator.hold({ path: 'getAllRecordings' });
    const leaving = new AbortController();
    const response = fetch(
      `${gateway.url}/graphql?query=${encodeURIComponent(`{ callRecordings(meetingOrganizerId: "${organizerOf(gateway)}") { nodes { id } } }`)}`,
      { signal: leaving.signal },
    );
    await hold.arrived(1);
    leaving.abort();
    await expect(response).rejects.toThrow('aborted');
    await expect.poll(() => gateway.emulator.requests[0]?.aborted).toBe(true);
    hold.release();
  });
});
