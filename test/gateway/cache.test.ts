import { describe, expect, it } from 'vitest';
import { createDrivenClock } from '../support/clock.ts';
import type { DrivenClock } from '../support/clock.ts';
import { startCounting } from '../support/metrics.ts';
import type { CountingGateway } from '../support/metrics.ts';

const TTL_MS = 60_000;

interface Setting {
  readonly gateway: CountingGateway;
  readonly clock: DrivenClock;
  /** Sends a document, and gives the paths requested from Graph and the response. */
  readonly ask: (document: string) => Promise<{ readonly paths: readonly string[]; readonly answer: unknown }>;
}

/** A gateway with a cache, over two organizers with a meeting and a recording each. */
async function start(cacheTtlMs: number | null = TTL_MS): Promise<Setting> {
  const clock = createDrivenClock();
  const tenant = { users: 0, meetings: 0, recordings: 0 };
  const gateway = await startCounting({ tenant, clock, config: { cacheTtlMs } });
  for (const index of [0, 1]) {
    gateway.emulator.addUser({ id: `person-${index}`, displayName: `Person ${index}` });
    gateway.emulator.addMeeting({
      id: `meeting-${index}`,
      organizerId: `person-${index}`,
      subject: `Subject ${index}`,
      joinWebUrl: `https://join.example/${index}`,
      joinMeetingId: `${index}`,
      videoTeleconferenceId: `${index}`,
    });
    gateway.emulator.addRecording({ id: `recording-${index}`, meetingId: `meeting-${index}` });
  }
  return {
    gateway,
    clock,
    async ask(document) {
      gateway.emulator.clearRequests();
      const answer = await gateway.query(document);
      return { paths: gateway.paths(), answer };
    },
  };
}

const MEETING = '{ it: onlineMeeting(organizerId: "person-0", id: "meeting-0") { subject } }';
const NAME = '{ it: user(id: "person-0") { displayName } }';

const KEPT = {
  'a meeting': MEETING,
  'a meeting by its link':
    '{ it: onlineMeetingByJoinWebUrl(organizerId: "person-0", joinWebUrl: "https://join.example/0") { subject } }',
  'a meeting by its number':
    '{ it: onlineMeetingByJoinMeetingId(organizerId: "person-0", joinMeetingId: "0") { subject } }',
  'a meeting by its video teleconference id':
    '{ it: onlineMeetingByVideoTeleconferenceId(videoTeleconferenceId: "0") { subject organizerId } }',
  'a meeting as an entity':
    '{ it: _entities(representations: [{ __typename: "OnlineMeeting", organizerId: "person-0", id: "meeting-0" }]) { ... on OnlineMeeting { subject } } }',
  'the name of a user': NAME,
};

const NOT_KEPT = {
  'a recording':
    '{ it: callRecording(meetingOrganizerId: "person-0", meetingId: "meeting-0", id: "recording-0") { id } }',
  'all recordings': '{ it: callRecordings(meetingOrganizerId: "person-0") { nodes { id } } }',
  'what was added': '{ it: callRecordingDelta(meetingOrganizerId: "person-0") { added { id } } }',
  'a meeting that is not there': '{ it: onlineMeeting(organizerId: "person-0", id: "nothing") { subject } }',
  'a meeting by a link that is not there':
    '{ it: onlineMeetingByJoinWebUrl(organizerId: "person-0", joinWebUrl: "https://join.example/9") { subject } }',
  'a user who is not there': '{ it: user(id: "nobody") { displayName } }',
};

describe('The cache of meetings and users', () => {
  it.each(Object.entries(KEPT))('answers %s again without a request to Graph', async (_, document) => {
    const { ask, clock } = await start();
    const first = await ask(document);
    expect(first).toEqual({ paths: [expect.any(String)], answer: { data: { it: expect.anything() } } });
    clock.advance(TTL_MS - 1);
    expect(await ask(document)).toEqual({ paths: [], answer: first.answer });
  });

  it.each(Object.entries(KEPT))('requests %s again after the TTL', async (_, document) => {
    const { ask, clock } = await start();
    const first = await ask(document);
    clock.advance(TTL_MS);
    expect(await ask(document)).toEqual(first);
  });

  it.each(Object.entries(NOT_KEPT))('never holds %s', async (_, document) => {
    const { ask } = await start();
    const first = await ask(document);
    expect(first.paths).toHaveLength(1);
    expect((await ask(document)).paths).toHaveLength(1);
  });

  it('holds the meetings and users below a recording, and no lists of recordings', async () => {
    const { ask } = await start();
    const document =
      '{ onlineMeeting(organizerId: "person-0", id: "meeting-0") { recordings { nodes { id meeting { subject } meetingOrganizer { user { displayName } } } } } }';
    await ask(document);
    expect((await ask(document)).paths).toEqual(['/users/person-0/onlineMeetings/meeting-0/recordings']);
  });

  it('holds each meeting separately, whatever else an operation selects', async () => {
    const { ask } = await start();
    await ask(MEETING);
    const both = `{ a: onlineMeeting(organizerId: "person-0", id: "meeting-0") { subject } b: onlineMeeting(organizerId: "person-1", id: "meeting-1") { subject } }`;
    expect(await ask(both)).toEqual({
      paths: ['/users/person-1/onlineMeetings/meeting-1'],
      answer: { data: { a: { subject: 'Subject 0' }, b: { subject: 'Subject 1' } } },
    });
  });

  it('holds one entry for a user id in any letter case, and answers in that of the request', async () => {
    const { ask } = await start();
    const document = MEETING.replace('subject', 'organizerId');
    await ask(document);
    expect(await ask(document.replace('person-0', 'PERSON-0'))).toEqual({
      paths: [],
      answer: { data: { it: { organizerId: 'PERSON-0' } } },
    });
  });

  it('reports a failure to its caller, and does not hold it', async () => {
    const { ask, gateway } = await start();
    gateway.emulator.fail({ kind: 'status', status: 403 });
    expect(await ask(MEETING)).toMatchObject({ answer: { errors: [{ extensions: { graphStatus: 403 } }] } });
    expect(await ask(MEETING)).toMatchObject({ paths: [expect.any(String)], answer: { data: { it: {} } } });
  });

  it('answers a hundred concurrent operations with one request to Graph', async () => {
    const { gateway } = await start();
    const answers = await Promise.all(Array.from({ length: 100 }, () => gateway.query(MEETING)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(gateway.paths()).toEqual(['/users/person-0/onlineMeetings/meeting-0']);
  });

  it('holds 2,000 entries, and evicts the oldest for another', async () => {
    const { ask, gateway } = await start();
    await ask(MEETING);
    const people = Array.from({ length: 2_000 }, (_, index) => `many-${index}`);
    for (const id of people) gateway.emulator.addUser({ id, displayName: id });
    const names =
      'query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on User { displayName } } }';
    for (const from of Array.from({ length: 20 }, (_, batch) => batch * 100)) {
      const representations = people.slice(from, from + 100).map((id) => ({ __typename: 'User', id }));
      expect(await gateway.query(names, { representations })).not.toHaveProperty('errors');
    }
    expect((await ask('{ user(id: "many-0") { displayName } }')).paths).toEqual([]);
    expect((await ask(MEETING)).paths).toHaveLength(1);
  });

  it('does not charge a hit to the budget of an operation', async () => {
    const clock = createDrivenClock();
    const gateway = await startCounting({ clock, config: { cacheTtlMs: TTL_MS, operationGraphRequests: 1 } });
    const [meeting] = gateway.emulator.tenant.meetings;
    const document = `{ onlineMeeting(organizerId: "${meeting?.organizerId}", id: "${meeting?.id}") { subject recordings { nodes { id } } } }`;
    await gateway.query(document.replace('recordings { nodes { id } }', ''));
    expect(await gateway.query(document)).not.toHaveProperty('errors');
  });

  it('counts hits and misses by resource', async () => {
    const { gateway } = await start();
    const both = `${MEETING.slice(0, -1)} also: ${NAME.slice('{ it: '.length)}`;
    const counted = async (): Promise<object> => {
      const changes = Object.entries(await gateway.changesOf(() => gateway.query(both)));
      return Object.fromEntries(changes.filter(([series]) => series.startsWith('gateway_cache')));
    };
    expect([await counted(), await counted()]).toEqual(
      ['miss', 'hit'].map((outcome) => ({
        [`gateway_cache_reads_total{outcome="${outcome}",resource="onlineMeeting"}`]: 1,
        [`gateway_cache_reads_total{outcome="${outcome}",resource="user"}`]: 1,
      })),
    );
  });
});

describe('Without a cache', () => {
  it.each(Object.entries(KEPT))('%s is requested from Graph each time', async (_, document) => {
    const { ask } = await start(null);
    const first = await ask(document);
    expect(first.paths).toHaveLength(1);
    expect(await ask(document)).toEqual(first);
  });
});
