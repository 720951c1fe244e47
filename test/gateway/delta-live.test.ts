import { describe, expect, it } from 'vitest';
import { at, listAt, startGateway } from '../support/gateway.ts';
import type { TestGateway, TestGatewayOptions } from '../support/gateway.ts';
import { ASK, LISTEN, listen, readDelta } from '../support/live.ts';
import type { Door, Listening } from '../support/live.ts';

interface Setting {
  readonly gateway: TestGateway;
  readonly organizer: string;
  readonly record: () => string;
  readonly all: () => string[];
  readonly listen: (since?: string, document?: string) => Listening;
}

async function start(door: Door, options: TestGatewayOptions = {}): Promise<Setting> {
  const gateway = await startGateway({ tenant: { users: 1, meetings: 2, recordings: 3 }, ...options });
  const { emulator, url } = gateway;
  const organizer = emulator.tenant.users[0]?.id ?? '';
  return {
    gateway,
    organizer,
    record: () => emulator.addRecording().id,
    all: () => emulator.tenant.recordings.map(({ id }) => id),
    listen: (since, document = LISTEN) => listen(document, { door, url, variables: { organizer, since } }),
  };
}

/** Reads events until this id was added, and returns all added ids. */
async function until(listening: Listening, last: string): Promise<unknown[]> {
  const ids: unknown[] = [];
  while (!ids.includes(last)) ids.push(...readDelta(await listening.next()).ids);
  return ids;
}

describe.each<Door>(['events', 'websocket'])('A subscription over %s', (door) => {
  it('receives all recordings so far, then each new one as it is added', async () => {
    const { all, listen: begin, record } = await start(door);
    const listening = begin();
    const first = readDelta(await listening.next());
    expect(first).toMatchObject({ ids: all(), behind: false, resync: false, hasMore: false });
    for (const _ of [1, 2]) {
      const added = record();
      expect(await until(listening, added)).toEqual([added]);
    }
  });

  it('resumed with the last token misses nothing and repeats nothing', async () => {
    const { all, listen: begin, record } = await start(door);
    const first = begin();
    const { ids, token } = readDelta(await first.next());
    await first.leave();
    const missed = record();
    const second = begin(token);
    expect(await until(second, missed)).toEqual([missed]);
    const added = record();
    expect(await until(second, added)).toEqual([added]);
    expect([...ids, missed, added]).toEqual(all());
  });

  it('that begins now receives a token at once, then each new recording', async () => {
    const { listen: begin, record } = await start(door);
    const listening = begin('now');
    const now = readDelta(await listening.next());
    expect(now.ids).toEqual([]);
    const added = record();
    expect(await until(listening, added)).toEqual([added]);
    expect(await until(begin(now.token), added)).toEqual([added]);
  });

  it('and a query accept each other’s tokens', async () => {
    const { gateway, listen: begin, organizer, record } = await start(door);
    const { token } = readDelta(await gateway.query(ASK, { organizer }));
    const added = record();
    const event = readDelta(await begin(token).next());
    expect(event.ids).toEqual([added]);
    expect(readDelta(await gateway.query(ASK, { organizer, since: event.token })).ids).toEqual([]);
  });

  it('reloads the fields below a recording for each event', async () => {
    const { gateway, listen: begin } = await start(door);
    const meetingId = gateway.emulator.tenant.meetings[0]?.id ?? '';
    const listening = begin(
      'now',
      `subscription ($organizer: ID!, $since: String) {
        callRecordingDelta(meetingOrganizerId: $organizer, since: $since) { added { meeting { subject } } }
      }`,
    );
    await listening.next();
    for (const _ of [1, 2]) {
      gateway.emulator.addRecording({ meetingId });
      const { data } = await listening.next();
      expect(listAt(data, 'callRecordingDelta.added').map((recording) => at(recording, 'meeting.subject'))).toEqual([
        gateway.emulator.tenant.meetings[0]?.subject,
      ]);
    }
    const meetings = gateway
      .paths()
      .filter((path) => path.endsWith(`/onlineMeetings/${encodeURIComponent(meetingId)}`));
    expect(meetings).toHaveLength(2);
  });

  it('ends with an error when Graph refuses', async () => {
    const { gateway, listen: begin } = await start(door);
    gateway.emulator.fail({ kind: 'status', status: 403, match: { path: '/delta' }, times: 9 });
    const [event, ...more] = await begin().rest();
    expect(event).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN', graphStatus: 403 } }] });
    expect(more).toEqual([]);
  });

  it.each([
    ['subscription { callRecordingDelta(meetingOrganizerId: "a", since: "x") { token } }', 'BAD_USER_INPUT'],
    ['subscription { callRecordingDelta(meetingOrganizerId: "") { token } }', 'BAD_USER_INPUT'],
    ['subscription { callRecordingDelta(meetingOrganizerId: "a") { nothing } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['subscription { callRecordingDelta', 'GRAPHQL_PARSE_FAILED'],
    ['query A { __typename } query B { __typename }', 'OPERATION_RESOLUTION_FAILURE'],
  ])('refuses %s with %s', async (document, code) => {
    const { gateway, listen: begin } = await start(door);
    const [event] = await begin(undefined, document).rest();
    expect(event).toMatchObject({ errors: [{ extensions: { code } }] });
    expect(gateway.requests()).toEqual([]);
  });

  it('names the field in the path of an error of its events, in a fragment and under an alias too', async () => {
    const { gateway, listen: begin } = await start(door);
    gateway.emulator.fail({ kind: 'status', status: 403, match: { path: '/delta' }, times: 9 });
    const field = 'a: callRecordingDelta(meetingOrganizerId: $organizer) { token }';
    const document = `subscription ($organizer: ID!) { ...F } fragment F on Subscription { ${field} }`;
    const [event] = await begin(undefined, document).rest();
    expect(event).toMatchObject({ errors: [{ path: ['a'], locations: [{ line: 1, column: 70 }] }] });
  });

  it('answers a query once', async () => {
    const { listen: begin } = await start(door);
    expect(await begin(undefined, '{ __typename }').rest()).toEqual([{ data: { __typename: 'Query' } }]);
  });
});
