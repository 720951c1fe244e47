import { describe, expect, it } from 'vitest';
import { at, startGateway } from '../support/gateway.ts';
import type { TestGateway } from '../support/gateway.ts';
import { LISTEN, listen } from '../support/live.ts';

/** Ids that change their meaning if they are not encoded, or encoded twice. */
const NASTY_IDS = [
  'a/b',
  '/',
  '..',
  '.',
  '../../communications',
  'a+b',
  'YWJj+/8=',
  'ends==',
  '100%',
  '%2F',
  '%252e%252e',
  "o'neil",
  "''",
  "')/delta",
  "('x')",
  'a b',
  'a?b&c=d',
  '#fragment',
  'semi;colon,comma',
  '$batch',
  'a\\b',
  '"quoted"',
  '19:meeting_x@thread.v2',
  'ünïcødé-会議-🎥',
  'tab\tand\nnewline',
  'x'.repeat(256),
];

describe('An id', () => {
  it.each(NASTY_IDS)('of %j reaches Graph exactly, in every path', async (id) => {
    const gateway = await startGateway({ tenant: { users: 0, meetings: 0, recordings: 0 } });
    const { emulator } = gateway;
    emulator.addUser({ id: `u${id}`, displayName: 'Somebody' });
    emulator.addUser({ id, displayName: 'Nobody' });
    emulator.addMeeting({ id, organizerId: id, subject: 'Its subject' });
    emulator.addRecording({ id, meetingId: id });
    const response = await gateway.query(
      `query ($id: ID!) {
        callRecording(meetingOrganizerId: $id, meetingId: $id, id: $id) { id meetingId meetingOrganizerId meeting { id } }
        callRecordings(meetingOrganizerId: $id, startDateTime: "2020-01-01T00:00:00+01:00", endDateTime: "2030-01-01T00:00:00Z") { nodes { id } }
        onlineMeeting(organizerId: $id, id: $id) { id subject recordings { nodes { id } } }
        user(id: $id) { id displayName callRecordings { nodes { id } } onlineMeeting(id: $id) { id } }
      }`,
      { id },
    );
    expect(response).toEqual({
      data: {
        callRecording: { id, meetingId: id, meetingOrganizerId: id, meeting: { id } },
        callRecordings: { nodes: [{ id }] },
        onlineMeeting: { id, subject: 'Its subject', recordings: { nodes: [{ id }] } },
        user: { id, displayName: 'Nobody', callRecordings: { nodes: [{ id }] }, onlineMeeting: { id } },
      },
    });
  });

  it.each([
    ['', 'An id or a join link must not be empty'],
    ['x'.repeat(4_097), 'An id or a join link must have at most 4096 characters, but the given one has 4097.'],
    [
      '中'.repeat(1_000),
      'An id or a join link must have at most 4096 characters when it is percent-encoded, but the given one then has 9000.',
    ],
    ['half a \uD800 pair', 'An id or a join link must be well-formed Unicode'],
  ])('of %j is refused with an explanation, without a request to Graph', async (id, sentence) => {
    const gateway = await startGateway();
    const response = await gateway.query('query ($id: ID!) { onlineMeeting(organizerId: $id, id: $id) { id } }', {
      id,
    });
    expect(response).toMatchObject({
      data: { onlineMeeting: null },
      errors: [
        { message: expect.stringContaining(sentence), path: ['onlineMeeting'], extensions: { code: 'BAD_USER_INPUT' } },
      ],
    });
    expect(gateway.requests()).toEqual([]);
  });
});

describe('A subscription for the new recordings of an organizer', () => {
  it.each(['', 'x'.repeat(4_097)])('with the id %j is refused without a round, which would fail', async (organizer) => {
    const gateway = await startGateway();
    const listening = listen(LISTEN, { door: 'events', url: gateway.url, variables: { organizer, since: null } });
    expect(await listening.rest()).toMatchObject([
      {
        errors: [
          { message: expect.stringContaining('An id or a join link must'), extensions: { code: 'BAD_USER_INPUT' } },
        ],
      },
    ]);
    expect(gateway.logged()).not.toContain('failed');
    expect(gateway.requests()).toEqual([]);
  });
});

describe('A long id', () => {
  it.each([
    ['x'.repeat(160), 'x'.repeat(160)],
    ['x'.repeat(161), `${'x'.repeat(160)}…`],
    ['中'.repeat(450), `${'%E4%B8%AD'.repeat(17)}%E4%B8…`],
  ])('of %s has at most 160 characters in messages, but all in requests', async (id, shown) => {
    const gateway = await startGateway();
    const { errors } = await gateway.query(
      'query ($id: ID!) { callRecordings(meetingOrganizerId: $id) { nodes { id } } }',
      { id },
    );
    const message = `GET /users/${shown}/onlineMeetings/getAllRecordings(meetingOrganizerUserId='${shown}') with 404`;
    expect(errors?.[0]?.message).toContain(message);
    const encoded = encodeURIComponent(id);
    expect(gateway.requests()).toEqual([
      `GET /v1.0/users/${encoded}/onlineMeetings/getAllRecordings(meetingOrganizerUserId='${encoded}')`,
    ]);
  });
});

describe('A text that identifies a meeting', () => {
  it.each([
    'https://teams.example/l/meetup-join/19%3ameeting_a%40thread.v2/0?context=%7b%22Tid%22%3a%22x%22%7d',
    "it's 100% & more + '' = ?",
  ])('of %j reaches Graph exactly', async (text) => {
    const gateway = await startGateway();
    const organizer = gateway.emulator.tenant.users[0]?.id;
    const meeting = gateway.emulator.addMeeting({
      ...(organizer === undefined ? {} : { organizerId: organizer }),
      joinWebUrl: text,
      joinMeetingId: text,
      videoTeleconferenceId: text,
    });
    const { data, errors } = await gateway.query(
      `query ($organizer: ID!, $text: String!) {
        link: onlineMeetingByJoinWebUrl(organizerId: $organizer, joinWebUrl: $text) { id organizerId }
        number: onlineMeetingByJoinMeetingId(organizerId: $organizer, joinMeetingId: $text) { id organizerId }
        device: onlineMeetingByVideoTeleconferenceId(videoTeleconferenceId: $text) { id organizerId }
      }`,
      { organizer, text },
    );
    expect(errors).toBeUndefined();
    for (const name of ['link', 'number', 'device']) {
      expect(at(data, name)).toEqual({ id: meeting.id, organizerId: organizer });
    }
    expect(gateway.requests()).toEqual(['POST /v1.0/$batch of 3']);
  });

  it.each<[string, (gateway: TestGateway) => string | undefined]>([
    ['no meeting of the organizer has', ({ emulator }) => emulator.tenant.users[0]?.id],
    ['belongs to an organizer unknown to Graph', () => 'nobody'],
  ])('that %s is answered with null', async (_, organizerIn) => {
    const gateway = await startGateway();
    expect(
      await gateway.query(
        `query ($organizer: ID!) {
          onlineMeetingByJoinWebUrl(organizerId: $organizer, joinWebUrl: "https://nowhere.example") { id }
          onlineMeetingByJoinMeetingId(organizerId: $organizer, joinMeetingId: "0") { id }
        }`,
        { organizer: organizerIn(gateway) },
      ),
    ).toEqual({ data: { onlineMeetingByJoinWebUrl: null, onlineMeetingByJoinMeetingId: null } });
    expect(gateway.requests()).toEqual(['POST /v1.0/$batch of 2']);
  });
});
