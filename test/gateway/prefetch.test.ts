import { describe, expect, it } from 'vitest';
import { at, listAt, startGateway } from '../support/gateway.ts';

const MEETINGS = `query ($representations: [_Any!]!) {
  _entities(representations: $representations) { ... on OnlineMeeting { id recordings { nodes { id } } } }
}`;
const RECORDINGS = `query ($representations: [_Any!]!) {
  _entities(representations: $representations) { ... on CallRecording { id meeting { subject } } }
}`;

/** The same with the name of their organizer. */
const NAMED_RECORDINGS = RECORDINGS.replace('} } }', '} meetingOrganizer { user { displayName } } } }');

/** A reference to a recording that is no longer there. */
function staleRecording(index: number, meetingId: string): object {
  return { __typename: 'CallRecording', meetingOrganizerId: 'a', meetingId, id: `stale-${index}` };
}

/** References to meetings that are gone. */
function stale(count: number): object[] {
  return Array.from({ length: count }, (_, index) => ({
    __typename: 'OnlineMeeting',
    organizerId: 'a',
    id: `stale-${index}`,
  }));
}

describe('Prefetching', () => {
  it('waits for all requested loads, so that stale references starve no others', async () => {
    const gateway = await startGateway({
      tenant: { users: 1, meetings: 20, recordings: 20 },
      config: { operationGraphRequests: 120 },
    });
    const meetings = gateway.emulator.tenant.meetings.map(({ id, organizerId }) => ({
      __typename: 'OnlineMeeting',
      organizerId,
      id,
    }));
    const representations = [...stale(80), ...meetings];
    const { data, errors } = await gateway.query(MEETINGS, { representations });
    expect(errors).toBeUndefined();
    const found = listAt(data, '_entities').slice(80);
    expect(found.map((meeting) => at(meeting, 'id'))).toEqual(meetings.map(({ id }) => id));
    expect(found.flatMap((meeting) => listAt(meeting, 'recordings.nodes'))).toHaveLength(20);
    expect(gateway.paths()).toHaveLength(80 + 2 * 20);
  });

  it.each([
    ['there', 0, [{ path: ['onlineMeeting'], extensions: { code: 'BAD_USER_INPUT' } }]],
    ['not there', 1, []],
  ])('is skipped when a directive is given null, an error only if the meeting exists: %s', async (_, index, errors) => {
    const gateway = await startGateway({ tenant: { users: 1, meetings: 1, recordings: 0 } });
    const { id = 'none' } = gateway.emulator.tenant.meetings[index] ?? {};
    const response = await gateway.query(
      `query ($organizer: ID!, $id: ID!, $isLong: Boolean = true) {
        onlineMeeting(organizerId: $organizer, id: $id) { id recordings @include(if: $isLong) { nodes { id } } }
      }`,
      { organizer: gateway.emulator.tenant.users[0]?.id, id, isLong: null },
    );
    expect(response).toMatchObject({ data: { onlineMeeting: null } });
    expect(response.errors ?? []).toMatchObject(errors);
    expect(gateway.paths()).toHaveLength(1);
  });

  it.each([
    ['a quarter of what the operation may ask, at most', 40, 40 + 25],
    ['nothing when half of that is spent', 51, 51],
  ])('uses %s', async (_, count, asked) => {
    const gateway = await startGateway({ config: { operationGraphRequests: 100 } });
    const representations = Array.from({ length: count }, (__, index) => staleRecording(index, `meeting-${index}`));
    const hold = gateway.emulator.hold({ path: '/$batch' });
    const response = gateway.query(RECORDINGS, { representations });
    await hold.arrived(Math.ceil(asked / 20));
    hold.release();
    expect(await response).toEqual({ data: { _entities: representations.map(() => null) } });
    expect(gateway.paths()).toHaveLength(asked);
  });

  it('is charged once for a load that references share, which leaves budget for others', async () => {
    const gateway = await startGateway({ config: { operationGraphRequests: 200 } });
    const representations = Array.from({ length: 80 }, (_, index) =>
      staleRecording(index, index < 70 ? 'one-meeting' : `meeting-${index}`),
    );
    expect(await gateway.query(NAMED_RECORDINGS, { representations })).toEqual({
      data: { _entities: representations.map(() => null) },
    });
    // Each recording, each distinct meeting, and the organizer of all.
    expect(gateway.paths()).toHaveLength(80 + 11 + 1);
    expect(new Set(gateway.paths()).size).toBe(gateway.paths().length);
  });

  it('loads only the first page of a list, which leaves the budget to requested loads', async () => {
    const gateway = await startGateway({
      tenant: { users: 1, meetings: 10, recordings: 200 },
      settings: { pageSize: 1 },
      config: { operationGraphRequests: 100, operationHttpRequests: 1_000 },
    });
    const [meeting] = gateway.emulator.tenant.meetings;
    const { data, errors } = await gateway.query(
      `query ($organizer: ID!, $representations: [_Any!]!) {
        callRecordings(meetingOrganizerId: $organizer, first: 60) { nodes { id } }
        _entities(representations: $representations) {
          ... on CallRecording { meeting { recordings(first: 20) { nodes { id } } } }
        }
      }`,
      {
        organizer: meeting?.organizerId,
        representations: gateway.emulator.tenant.meetings.map(({ id, organizerId: meetingOrganizerId }) => ({
          __typename: 'CallRecording',
          meetingOrganizerId,
          meetingId: id,
          id: 'gone',
        })),
      },
    );
    expect(errors).toBeUndefined();
    expect(listAt(data, 'callRecordings.nodes')).toHaveLength(60);
    expect(gateway.paths().filter((path) => path.endsWith('/recordings'))).toHaveLength(10);
  });
});
