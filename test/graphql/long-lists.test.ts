import { describe, expect, it } from 'vitest';
import { at, listAt, startGateway } from '../support/gateway.ts';
import type { GraphQLResponse, TestGateway } from '../support/gateway.ts';

const MEETINGS = 10;

/** A gateway over meetings with `count` attendees each. */
async function startWithAttendees(count: number): Promise<TestGateway> {
  const gateway = await startGateway({ tenant: { users: 1, meetings: 0, recordings: 0 } });
  const { emulator } = gateway;
  const organizerId = emulator.tenant.users[0]?.id ?? '';
  const attendeeIds = Array<string>(count).fill(emulator.addUser({}).id);
  for (let index = 0; index < MEETINGS; index += 1)
    emulator.addRecording({ meetingId: emulator.addMeeting({ organizerId, attendeeIds }).id });
  return gateway;
}

/** A query of the list under `times` aliases. */
function attendees(times: number, selected: string): string {
  const aliases = Array.from({ length: times }, (_, index) => `a${index}: attendees { ${selected} }`).join(' ');
  return `query ($organizer: ID!) {
    callRecordings(meetingOrganizerId: $organizer, first: ${MEETINGS}) {
      nodes { id meeting { participants { ${aliases} } } }
    }
  }`;
}

function ask(gateway: TestGateway, document: string): Promise<GraphQLResponse> {
  return gateway.query(document, { organizer: gateway.emulator.tenant.users[0]?.id });
}

describe('A list longer than its assumed size', () => {
  // Apollo Server executes request 1, a plan the later ones.
  it.each([1, 2, 3])('is returned in full when an operation has few of them, at request %i', async (times) => {
    const gateway = await startWithAttendees(200);
    let response: GraphQLResponse = {};
    // oxlint-disable-next-line no-await-in-loop -- in sequence, so that it becomes known
    for (let time = 0; time < times; time += 1) response = await ask(gateway, attendees(1, 'upn'));
    expect(response.errors).toBeUndefined();
    const lists = listAt(response.data, 'callRecordings.nodes').map(
      (node) => listAt(node, 'meeting.participants.a0').length,
    );
    expect(Math.min(...lists)).toBeGreaterThanOrEqual(200);
  });

  it.each([1, 2, 3])(
    'is replaced by an error when all lists together cost too much, while those that fit are returned, at request %i',
    async (times) => {
      const gateway = await startWithAttendees(200);
      // Each item costs an object and a value, so that fewer than half of the lists fit.
      const document = attendees(6, 'upn');
      let response: GraphQLResponse = {};
      // oxlint-disable-next-line no-await-in-loop -- in sequence, so that it becomes known
      for (let time = 0; time < times; time += 1) response = await ask(gateway, document);
      const lists = listAt(response.data, 'callRecordings.nodes').flatMap((node) =>
        Object.values(Object(at(node, 'meeting.participants'))),
      );
      expect(lists).toHaveLength(6 * MEETINGS);
      const answered = lists.filter((list) => list !== null);
      expect(answered).toHaveLength(Math.floor(100_000 / (197 * 21)));
      expect(response.errors).toHaveLength(lists.length - answered.length);
      expect(response.errors?.[0]).toEqual({
        message: expect.stringMatching(
          /^Lists .* longer than estimated, and at "attendees" .* limit of 100000\. Request fewer/,
        ),
        locations: [{ line: 3, column: expect.any(Number) }],
        path: ['callRecordings', 'nodes', expect.any(Number), 'meeting', 'participants', expect.any(String)],
        extensions: { code: 'BUDGET_EXCEEDED' },
      });
    },
  );

  it('costs as much as its merged selection, even if its fragment is also spread elsewhere', async () => {
    const gateway = await startWithAttendees(200);
    const heavy = Array.from({ length: 20 }, (_, index) => `u${index}: upn`).join(' ');
    const refusals = async (light: string): Promise<number> => {
      const { errors = [] } = await ask(
        gateway,
        `query ($organizer: ID!) {
          callRecordings(meetingOrganizerId: $organizer, first: ${MEETINGS}) {
            nodes { ${light} b: meeting { participants { ...F attendees { ${heavy} identity { user { id tenantId } } } } } }
          }
        } fragment F on MeetingParticipants { attendees { role } }`,
      );
      return errors.length;
    };
    const alone = await refusals('');
    expect(alone).toBeGreaterThan(0);
    expect(await refusals('a: meeting { participants { ...F } }')).toBeGreaterThanOrEqual(alone);
  });

  it('costs as much as the selection on its items, including fragments', async () => {
    const gateway = await startWithAttendees(200);
    const document = `${attendees(2, '...Named')} fragment Named on MeetingParticipantInfo {
      upn role identity { user { id tenantId } }
    }`;
    const { data } = await ask(gateway, document);
    const lists = listAt(data, 'callRecordings.nodes').flatMap((node) =>
      Object.values(Object(at(node, 'meeting.participants'))),
    );
    const item = 20 + 1 + 1 + 20 + 20 + 1 + 1;
    expect(lists.filter((list) => list !== null)).toHaveLength(Math.floor(100_000 / (197 * item)));
  });

  it.each([
    ['once what several fragments select', '...A ...B ...C ...D'],
    [
      'nothing that is left out',
      '...A ...B @skip(if: true) identity @include(if: false) { ...on IdentitySet { guest { id } } } ...C ...D',
    ],
  ])('costs %s of its items', async (_, selected) => {
    const gateway = await startWithAttendees(200);
    const fragments = ['A', 'B', 'C', 'D'].map(
      (name) => `fragment ${name} on MeetingParticipantInfo { upn identity { user { id } } }`,
    );
    const { data } = await ask(gateway, `${attendees(2, selected)} ${fragments.join(' ')}`);
    const lists = listAt(data, 'callRecordings.nodes').flatMap((node) =>
      Object.values(Object(at(node, 'meeting.participants'))),
    );
    const item = 20 + 1 + 20 + 20 + 1;
    expect(lists.filter((list) => list !== null)).toHaveLength(Math.floor(100_000 / (197 * item)));
  });
});
