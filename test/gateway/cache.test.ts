import { describe, expect, it } from 'vitest';
import { createDrivenClock } from '../support/clock.ts';
import type { DrivenClock } from '../support/clock.ts';
import { startCounting } from '../support/metrics.ts';
import type { CountingGateway } from '../support/metrics.ts';

const TTL_MS = 60_000;

interface Setting {
  readonly gateway: CountingGateway;
  readonly clock: DrivenClock;
  /** What Graph is asked while a document is, a line for each path, and what is answered. */
  readonly ask: (document: string) => Promise<{ readonly paths: readonly string[]; readonly answer: unknown }>;
}

/** A gateway that keeps, over two people who organize a meeting with a recording each. */
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

describe('Where meetings and users are kept', () => {
  it.each(Object.entries(KEPT))('%s is answered again without a request to Graph', async (_, document) => {
    const { ask, clock } = await start();
    const first = await ask(document);
    expect(first).toEqual({ paths: [expect.any(String)], answer: { data: { it: expect.anything() } } });
    clock.advance(TTL_MS - 1);
    expect(await ask(document)).toEqual({ paths: [], answer: first.answer });
  });

  it.each(Object.entries(KEPT))('%s is asked for anew when its time is over', async (_, document) => {
    const { ask, clock } = await start();
    const first = await ask(document);
    clock.advance(TTL_MS);
    expect(await ask(document)).toEqual(first);
  });

  it.each(Object.entries(NOT_KEPT))('%s is asked for each time', async (_, document) => {
    const { ask } = await start();
    const first = await ask(document);
    expect(first.paths).toHaveLength(1);
    expect((await ask(document)).paths).toHaveLength(1);
  });

  it('what is below a recording or a meeting is kept as well, and lists of recordings are not', async () => {
    const { ask } = await start();
    const document =
      '{ onlineMeeting(organizerId: "person-0", id: "meeting-0") { recordings { nodes { id meeting { subject } meetingOrganizer { user { displayName } } } } } }';
    await ask(document);
    expect((await ask(document)).paths).toEqual(['/users/person-0/onlineMeetings/meeting-0/recordings']);
  });

  it('each thing is kept for itself, whatever else is asked in the same moment', async () => {
    const { ask } = await start();
    await ask(MEETING);
    const both = `{ a: onlineMeeting(organizerId: "person-0", id: "meeting-0") { subject } b: onlineMeeting(organizerId: "person-1", id: "meeting-1") { subject } }`;
    expect(await ask(both)).toEqual({
      paths: ['/users/person-1/onlineMeetings/meeting-1'],
      answer: { data: { a: { subject: 'Subject 0' }, b: { subject: 'Subject 1' } } },
    });
  });

  it('a thing is kept once, however its user is spelled, and answered in the spelling of who asks', async () => {
    const { ask } = await start();
    const document = MEETING.replace('subject', 'organizerId');
    await ask(document);
    expect(await ask(document.replace('person-0', 'PERSON-0'))).toEqual({
      paths: [],
      answer: { data: { it: { organizerId: 'PERSON-0' } } },
    });
  });

  it('a failure is told to who asked, and not kept', async () => {
    const { ask, gateway } = await start();
    gateway.emulator.fail({ kind: 'status', status: 403 });
    expect(await ask(MEETING)).toMatchObject({ answer: { errors: [{ extensions: { graphStatus: 403 } }] } });
    expect(await ask(MEETING)).toMatchObject({ paths: [expect.any(String)], answer: { data: { it: {} } } });
  });

  it('what was asked for a hundred times at once was asked of Graph once', async () => {
    const { gateway } = await start();
    const answers = await Promise.all(Array.from({ length: 100 }, () => gateway.query(MEETING)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(gateway.paths()).toEqual(['/users/person-0/onlineMeetings/meeting-0']);
  });

  it('so many things are kept, and that which was asked for least lately goes', async () => {
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

  it('what is kept takes nothing of the budget of an operation', async () => {
    const clock = createDrivenClock();
    const gateway = await startCounting({ clock, config: { cacheTtlMs: TTL_MS, operationGraphRequests: 1 } });
    const [meeting] = gateway.emulator.tenant.meetings;
    const document = `{ onlineMeeting(organizerId: "${meeting?.organizerId}", id: "${meeting?.id}") { subject recordings { nodes { id } } } }`;
    await gateway.query(document.replace('recordings { nodes { id } }', ''));
    expect(await gateway.query(document)).not.toHaveProperty('errors');
  });

  it('hits and misses are counted, by what was wanted', async () => {
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

describe('Where nothing is to be kept', () => {
  it.each(Object.entries(KEPT))('%s is asked for each time', async (_, document) => {
    const { ask } = await start(null);
    const first = await ask(document);
    expect(first.paths).toHaveLength(1);
    expect(await ask(document)).toEqual(first);
  });
});
