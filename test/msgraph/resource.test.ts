import { isObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createSchema } from '../../src/graphql/schema.ts';
import { readCallRecording } from '../../src/msgraph/call-recording.ts';
import { readOnlineMeeting } from '../../src/msgraph/online-meeting.ts';
import { readUser } from '../../src/msgraph/user.ts';

const IDENTITY = { id: 'somebody' };
const IDENTITY_SET = { user: IDENTITY };

/** A meeting that has every complex type, each of them empty. */
const MEETING = {
  id: 'meeting',
  audioConferencing: {},
  broadcastSettings: { captions: {} },
  chatInfo: {},
  chatRestrictions: {},
  cloudVideoInteropInfo: {},
  joinInformation: {},
  joinMeetingIdSettings: {},
  lobbyBypassSettings: {},
  participants: { organizer: { identity: IDENTITY_SET }, attendees: [{ identity: IDENTITY_SET }] },
  sensitivityLabelAssignment: {},
  watermarkProtection: {},
};

const meeting = readOnlineMeeting(MEETING);
const recording = readCallRecording({ id: 'recording', meetingOrganizer: IDENTITY_SET });

/** For each type of the schema that stands for one of Graph's: what is read of it, and what is ours and not read. */
const READ: readonly (readonly [string, object | null | undefined, readonly string[]])[] = [
  ['CallRecording', recording, ['content', 'meeting', 'meetingOrganizerId']],
  ['IdentitySet', recording.meetingOrganizer, []],
  ['Identity', recording.meetingOrganizer?.user, ['user']],
  ['User', readUser({ id: 'somebody' }), ['callRecordings', 'onlineMeeting']],
  ['OnlineMeeting', meeting, ['organizerId', 'recordings']],
  ['AudioConferencing', meeting.audioConferencing, []],
  ['BroadcastMeetingSettings', meeting.broadcastSettings, []],
  ['BroadcastMeetingCaptionSettings', meeting.broadcastSettings?.captions, []],
  ['ChatInfo', meeting.chatInfo, []],
  ['ChatRestrictions', meeting.chatRestrictions, []],
  ['CloudVideoInteropInfo', meeting.cloudVideoInteropInfo, []],
  ['ItemBody', meeting.joinInformation, []],
  ['JoinMeetingIdSettings', meeting.joinMeetingIdSettings, []],
  ['LobbyBypassSettings', meeting.lobbyBypassSettings, []],
  ['MeetingParticipants', meeting.participants, []],
  ['MeetingParticipantInfo', meeting.participants?.organizer, []],
  ['OnlineMeetingSensitivityLabelAssignment', meeting.sensitivityLabelAssignment, []],
  ['WatermarkProtectionValues', meeting.watermarkProtection, []],
];

const schema = createSchema();

describe('Every field that is promised is read', () => {
  it.each(READ)('of %s', (name, read, ours) => {
    const type = schema.getType(name);
    const promised = isObjectType(type) ? Object.keys(type.getFields()) : [];
    expect(promised).not.toEqual([]);
    expect(new Set([...Object.keys(read ?? {}), ...ours])).toEqual(new Set(promised));
  });

  it('of every type that is one of Graph’s', () => {
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
