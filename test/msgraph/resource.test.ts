import { isObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createSchema } from '../../src/graphql/schema/schema.ts';
import { callRecording } from '../../src/msgraph/resources/call-recording.ts';
import { onlineMeeting } from '../../src/msgraph/resources/online-meeting.ts';
import type { Kind } from '../../src/msgraph/resources/resource.ts';
import { user } from '../../src/msgraph/resources/user.ts';

/** The names that are read from a resource, or from the part at a path within it. */
function read(resource: Kind<unknown>, path = ''): string[] {
  const below = path
    .split('.')
    .filter((name) => name !== '')
    .reduce<Kind<unknown> | undefined>(
      (kind, name) => (name === 'item' ? kind?.items : kind?.members?.get(name)),
      resource,
    );
  return [...(below?.members?.keys() ?? [])];
}

/** For each type of the schema that represents one of Graph: the names read from Graph, and our own names. */
const READ: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['CallRecording', read(callRecording), ['content', 'meeting', 'meetingOrganizerId']],
  ['IdentitySet', read(callRecording, 'meetingOrganizer'), []],
  ['Identity', read(callRecording, 'meetingOrganizer.user'), ['user']],
  ['User', read(user), ['callRecordings', 'onlineMeeting']],
  ['OnlineMeeting', read(onlineMeeting), ['organizerId', 'recordings']],
  // Also read under another letter case, which Microsoft's example shows.
  ['AudioConferencing', read(onlineMeeting, 'audioConferencing').filter((name) => name !== 'ConferenceId'), []],
  ['BroadcastMeetingSettings', read(onlineMeeting, 'broadcastSettings'), []],
  ['BroadcastMeetingCaptionSettings', read(onlineMeeting, 'broadcastSettings.captions'), []],
  ['ChatInfo', read(onlineMeeting, 'chatInfo'), []],
  ['ChatRestrictions', read(onlineMeeting, 'chatRestrictions'), []],
  ['CloudVideoInteropInfo', read(onlineMeeting, 'cloudVideoInteropInfo'), []],
  ['ItemBody', read(onlineMeeting, 'joinInformation'), []],
  ['JoinMeetingIdSettings', read(onlineMeeting, 'joinMeetingIdSettings'), []],
  ['LobbyBypassSettings', read(onlineMeeting, 'lobbyBypassSettings'), []],
  ['MeetingParticipants', read(onlineMeeting, 'participants'), []],
  ['MeetingParticipantInfo', read(onlineMeeting, 'participants.attendees.item'), []],
  ['OnlineMeetingSensitivityLabelAssignment', read(onlineMeeting, 'sensitivityLabelAssignment'), []],
  ['WatermarkProtectionValues', read(onlineMeeting, 'watermarkProtection'), []],
];

const schema = createSchema();

describe('Every field of the schema is read from Graph', () => {
  it.each(READ)('of %s', (name, members, ours) => {
    const type = schema.getType(name);
    const promised = isObjectType(type) ? Object.keys(type.getFields()) : [];
    expect(promised).not.toEqual([]);
    expect(new Set([...members, ...ours])).toEqual(new Set(promised));
  });

  it('of all types that represent one of Graph', () => {
    const ofTheConnection = ['CallRecordingConnection', 'CallRecordingEdge', 'PageInfo'];
    const ofTheFeed = ['CallRecordingDelta'];
    const ofTheContent = ['CallRecordingContent'];
    const ofGraphQL = ['Query', 'Subscription', '_Service'];
    const types = Object.values(schema.getTypeMap()).filter(
      (type) => isObjectType(type) && !type.name.startsWith('__'),
    );
    expect(new Set(types.map(({ name }) => name))).toEqual(
      new Set([...READ.map(([name]) => name), ...ofTheConnection, ...ofTheFeed, ...ofTheContent, ...ofGraphQL]),
    );
  });
});
