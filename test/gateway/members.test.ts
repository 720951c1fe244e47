import { describe, expect, it } from 'vitest';
import { readCallRecording } from '../../src/msgraph/resources/call-recording.ts';
import { readOnlineMeeting } from '../../src/msgraph/resources/online-meeting.ts';
import { readUser } from '../../src/msgraph/resources/user.ts';
import { at, startGateway } from '../support/gateway.ts';
import type { GraphQLResponse } from '../support/gateway.ts';

type Resource = 'onlineMeeting' | 'callRecording' | 'user';

/** Queries one resource, of which `member` is changed in Graph's response. */
async function ask(resource: Resource, selection: string, member: string, value: unknown): Promise<GraphQLResponse> {
  const gateway = await startGateway();
  const { meetings, recordings, users } = gateway.emulator.tenant;
  const variables = {
    organizer: meetings[0]?.organizerId,
    meeting: meetings[0]?.id,
    recorded: recordings[0]?.meetingId,
    recording: recordings[0]?.id,
    user: users[0]?.id,
  };
  const documents: Record<Resource, string> = {
    onlineMeeting: 'query ($organizer: ID!, $meeting: ID!) { onlineMeeting(organizerId: $organizer, id: $meeting)',
    callRecording: `query ($organizer: ID!, $recorded: ID!, $recording: ID!) {
      callRecording(meetingOrganizerId: $organizer, meetingId: $recorded, id: $recording)`,
    user: 'query ($user: ID!) { user(id: $user)',
  };
  gateway.emulator.fail({ kind: 'wrongType', member, value });
  return gateway.query(`${documents[resource]} { ${selection} } }`, variables);
}

describe('A member of an enumeration', () => {
  it.each([
    ['meetingType', 'meetingType', 'townhall'],
    ['allowedPresenters', 'allowedPresenters', 'roleIsInterpreter'],
    ['lobbyBypassSettings.scope', 'lobbyBypassSettings', { scope: 'nobody' }],
    ['participants.organizer.role', 'participants', { organizer: { role: 'interpreter' } }],
    [
      'participants.organizer.identity.user.userIdentityType',
      'participants',
      { organizer: { identity: { user: { userIdentityType: 'agent' } } } },
    ],
  ])('that is newer than the schema becomes unknownFutureValue: %s', async (path, member, value) => {
    const response = await ask('onlineMeeting', select(path), member, value);
    expect(at(response, `data.onlineMeeting.${path}`)).toBe('unknownFutureValue');
    expect(response.errors).toBeUndefined();
  });

  it('may begin with a capital letter', async () => {
    const response = await ask('onlineMeeting', 'joinInformation { contentType }', 'joinInformation', {
      contentType: 'Html',
    });
    expect(at(response, 'data.onlineMeeting.joinInformation.contentType')).toBe('html');
  });
});

/** The selection that a path stands for: `a.b` is `a { b }`. */
function select(path: string): string {
  return path.split('.').join(' { ') + ' }'.repeat(path.split('.').length - 1);
}

describe('A missing member', () => {
  it.each<[string, (value: unknown) => object]>([
    ['onlineMeeting', readOnlineMeeting],
    ['callRecording', readCallRecording],
    ['user', readUser],
  ])('is accepted, unless it is the key of a %s', (_, read) => {
    expect(read({ id: 'a' })).toEqual({ id: 'a' });
    expect(() => read({})).toThrow('.id: expected a non-empty string');
  });

  it.each([
    [{ conferenceId: '7' }, '7'],
    [{ ConferenceId: '7' }, '7'],
    [{}, null],
    [null, undefined],
  ])('is null, and is read with a capital letter too: audioConferencing %j', async (value, expected) => {
    const response = await ask('onlineMeeting', 'audioConferencing { conferenceId }', 'audioConferencing', value);
    expect(at(response, 'data.onlineMeeting.audioConferencing.conferenceId')).toBe(expected);
    expect(response.errors).toBeUndefined();
  });
});

describe('A member of a wrong type', () => {
  it.each<[Resource, string, string, unknown]>([
    ['onlineMeeting', 'subject', 'subject', 42],
    ['onlineMeeting', 'allowRecording', 'allowRecording', 'yes'],
    ['onlineMeeting', 'meetingType', 'meetingType', 1],
    ['onlineMeeting', 'audioConferencing', 'audioConferencing', 'a text'],
    ['onlineMeeting', 'audioConferencing.tollNumbers', 'audioConferencing', { tollNumbers: '+1 555 0100' }],
    ['onlineMeeting', 'participants.attendees.0.upn', 'participants', { attendees: [{ upn: 42 }] }],
    ['onlineMeeting', 'id', 'id', null],
    ['callRecording', 'endDateTime', 'endDateTime', 42],
    ['callRecording', 'meetingOrganizer.user.id', 'meetingOrganizer', { user: { id: [] } }],
    ['user', 'displayName', 'displayName', 42],
  ])('is an error that names the resource and the member: %s.%s', async (resource, path, member, value) => {
    const { data, errors } = await ask(resource, resource === 'user' ? 'displayName' : 'id', member, value);
    expect(data).toEqual({ [resource]: resource === 'user' ? { displayName: null } : null });
    expect(errors).toEqual([
      expect.objectContaining({
        message: expect.stringContaining(`Microsoft Graph returned an invalid ${resource}.${path}: expected `),
        extensions: { code: 'UPSTREAM_ERROR' },
      }),
    ]);
  });
});
