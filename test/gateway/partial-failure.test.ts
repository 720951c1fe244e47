import { describe, expect, it } from 'vitest';
import { createDrivenClock } from '../support/clock.ts';
import { at, listAt, startGateway } from '../support/gateway.ts';
import type { TestGateway } from '../support/gateway.ts';

const RECORDINGS = `query ($organizer: ID!) {
  callRecordings(meetingOrganizerId: $organizer, first: 100) { nodes { meetingId meeting { subject } } }
}`;

function organizerOf({ emulator }: TestGateway): string {
  return emulator.tenant.users[0]?.id ?? '';
}

describe('One failed meeting among many', () => {
  it('is null with an error at each of its paths, and the others are answered', async () => {
    const gateway = await startGateway({ tenant: { users: 1, meetings: 50, recordings: 100 } });
    const failed = gateway.emulator.tenant.meetings[17]?.id ?? '';
    gateway.emulator.fail({ kind: 'status', status: 500, match: { path: failed } });
    const { data, errors = [] } = await gateway.query(RECORDINGS, { organizer: organizerOf(gateway) });
    const nodes = listAt(data, 'callRecordings.nodes');
    const places = nodes.flatMap((node, index) => (at(node, 'meetingId') === failed ? [index] : []));
    expect(places).toHaveLength(2);
    expect(nodes.flatMap((node, index) => (at(node, 'meeting') === null ? [index] : []))).toEqual(places);
    expect(errors).toEqual(
      places.map((index) => ({
        message: expect.stringContaining('with 500 (InternalServerError'),
        locations: [{ line: 2, column: 82 }],
        path: ['callRecordings', 'nodes', index, 'meeting'],
        extensions: {
          code: 'UPSTREAM_UNAVAILABLE',
          graphStatus: 500,
          graphCode: 'InternalServerError',
          requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        },
      })),
    );
  });

  it('that Graph does not know is null without an error', async () => {
    const gateway = await startGateway({ tenant: { users: 1, meetings: 50, recordings: 50 } });
    gateway.emulator.fail({
      kind: 'status',
      status: 404,
      match: { path: gateway.emulator.tenant.meetings[3]?.id ?? '' },
    });
    const { data, errors } = await gateway.query(RECORDINGS, { organizer: organizerOf(gateway) });
    expect(errors).toBeUndefined();
    expect(listAt(data, 'callRecordings.nodes').filter((node) => at(node, 'meeting') === null)).toHaveLength(1);
  });

  it('with a member of a wrong type is an error that names the resource and the member', async () => {
    const gateway = await startGateway({ tenant: { users: 1, meetings: 3, recordings: 3 } });
    const [meeting] = gateway.emulator.tenant.meetings;
    gateway.emulator.fail({ kind: 'wrongType', member: 'subject', match: { path: meeting?.id ?? '' } });
    const { errors } = await gateway.query(RECORDINGS, { organizer: organizerOf(gateway) });
    expect(errors).toMatchObject([
      {
        message: expect.stringMatching(
          /onlineMeeting\.subject: expected a string or null, but got a value of type number\./,
        ),
        extensions: { code: 'UPSTREAM_ERROR' },
      },
    ]);
  });
});

describe('A throttled part of a batch', () => {
  it('is retried, and the answer is complete', async () => {
    const clock = createDrivenClock();
    const gateway = await startGateway({ tenant: { users: 1, meetings: 3, recordings: 3 }, clock });
    const path = gateway.emulator.tenant.meetings[1]?.id ?? '';
    gateway.emulator.fail({ kind: 'status', status: 429, retryAfterSeconds: 2, match: { path } });
    const response = gateway.query(RECORDINGS, { organizer: organizerOf(gateway) });
    await clock.waiting(2_000);
    clock.advance(2_000);
    const { data, errors } = await response;
    expect(errors).toBeUndefined();
    expect(listAt(data, 'callRecordings.nodes').filter((node) => at(node, 'meeting') === null)).toEqual([]);
    expect(gateway.requests().map((line) => line.split('/').at(-1))).toEqual([
      expect.stringContaining('getAllRecordings'),
      '$batch of 3',
      path,
    ]);
  });
});

describe('The budget of an operation', () => {
  it('ends further loads with BUDGET_EXCEEDED, and loaded data stays', async () => {
    const gateway = await startGateway({
      tenant: { users: 1, meetings: 50, recordings: 50 },
      config: { operationGraphRequests: 41 },
    });
    const { data, errors } = await gateway.query(RECORDINGS, { organizer: organizerOf(gateway) });
    expect(listAt(data, 'callRecordings.nodes').filter((node) => at(node, 'meeting') !== null)).toHaveLength(40);
    expect(errors).toHaveLength(10);
    expect(errors?.[0]).toMatchObject({
      message: expect.stringContaining('more requests to Microsoft Graph than allowed (41)'),
      path: ['callRecordings', 'nodes', 40, 'meeting'],
      extensions: { code: 'BUDGET_EXCEEDED' },
    });
  });
});

describe('The deadline of an operation', () => {
  it('aborts pending requests, and other data stays', async () => {
    const clock = createDrivenClock();
    const gateway = await startGateway({ tenant: { users: 1, meetings: 3, recordings: 3 }, clock });
    const path = gateway.emulator.tenant.meetings[1]?.id ?? '';
    const hold = gateway.emulator.hold({ path: '/$batch' });
    const response = gateway.query(
      `query ($organizer: ID!, $id: ID!) {
        user(id: $organizer) { id }
        onlineMeeting(organizerId: $organizer, id: $id) { subject recordings { nodes { id } } }
        another: onlineMeeting(organizerId: $organizer, id: "x") { subject }
      }`,
      { organizer: organizerOf(gateway), id: path },
    );
    await hold.arrived(1);
    clock.advance(9_500);
    expect(await response).toMatchObject({
      data: { user: { id: organizerOf(gateway) }, onlineMeeting: null, another: null },
      errors: [{ extensions: { code: 'UPSTREAM_TIMEOUT' } }, { extensions: { code: 'UPSTREAM_TIMEOUT' } }],
    });
    await expect.poll(() => gateway.emulator.requests[0]?.aborted).toBe(true);
  });
});
