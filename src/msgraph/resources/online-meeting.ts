/** The reader of onlineMeeting: https://learn.microsoft.com/en-us/graph/api/resources/onlinemeeting */
import { identitySet } from './identity-set.ts';
import {
  collection,
  complex,
  entity,
  enumeration,
  flag,
  key,
  nullable,
  readResource,
  text,
  texts,
} from './resource.ts';
import type { Of } from './resource.ts';

const meetingParticipantInfo = entity({
  identity: identitySet,
  role: enumeration,
  upn: text,
});

const broadcastMeetingSettings = complex({
  allowedAudience: enumeration,
  captions: complex({ isCaptionEnabled: flag, spokenLanguage: text, translationLanguages: texts }),
  isAttendeeReportEnabled: flag,
  isQuestionAndAnswerEnabled: flag,
  isRecordingEnabled: flag,
  isVideoOnDemandEnabled: flag,
});

const audioConferencing = complex({
  conferenceId: text,
  // Microsoft's own example prints ConferenceId, its metadata says conferenceId.
  ConferenceId: text,
  dialinUrl: text,
  tollFreeNumber: text,
  tollFreeNumbers: texts,
  tollNumber: text,
  tollNumbers: texts,
});

export const onlineMeeting = entity({
  id: key,
  allowAttendeeToEnableCamera: flag,
  allowAttendeeToEnableMic: flag,
  allowBreakoutRooms: flag,
  allowCopyingAndSharingMeetingContent: flag,
  allowedLobbyAdmitters: enumeration,
  allowedPresenters: enumeration,
  allowLiveShare: enumeration,
  allowMeetingChat: enumeration,
  allowParticipantsToChangeName: flag,
  allowPowerPointSharing: flag,
  allowRecording: flag,
  allowTeamworkReactions: flag,
  allowTranscription: flag,
  allowWhiteboard: flag,
  audioConferencing,
  broadcastSettings: broadcastMeetingSettings,
  chatInfo: complex({ messageId: text, replyChainMessageId: text, threadId: text }),
  chatRestrictions: complex({ allowTextOnly: flag }),
  cloudVideoInteropInfo: complex({ moreInfoWebUrl: text, tenantKey: text, videoTeleconferenceId: text }),
  creationDateTime: text,
  endDateTime: text,
  expiryDateTime: text,
  externalId: text,
  isBroadcast: flag,
  isEndToEndEncryptionEnabled: flag,
  isEntryExitAnnounced: flag,
  joinInformation: complex({ content: text, contentType: enumeration }),
  joinMeetingIdSettings: complex({ isPasscodeRequired: flag, joinMeetingId: text, passcode: text }),
  joinWebUrl: text,
  lobbyBypassSettings: complex({
    isDialInBypassEnabled: flag,
    scope: enumeration,
  }),
  meetingOptionsWebUrl: text,
  meetingSpokenLanguageTag: text,
  meetingTemplateId: text,
  meetingType: enumeration,
  participants: complex({
    attendees: collection(meetingParticipantInfo),
    organizer: nullable(meetingParticipantInfo),
  }),
  recordAutomatically: flag,
  sensitivityLabelAssignment: complex({ sensitivityLabelId: text }),
  shareMeetingChatHistoryDefault: enumeration,
  startDateTime: text,
  subject: text,
  videoTeleconferenceId: text,
  watermarkProtection: complex({ isEnabledForContentSharing: flag, isEnabledForVideo: flag }),
});

export type OnlineMeetingResource = Of<typeof onlineMeeting>;

/** Reads an onlineMeeting. Throws a `GraphError` that names the member whose type is wrong. */
export function readOnlineMeeting(value: unknown): OnlineMeetingResource {
  const meeting = readResource(onlineMeeting, 'onlineMeeting', value);
  const { audioConferencing: audio } = meeting;
  if (!audio?.ConferenceId) return meeting;
  return { ...meeting, audioConferencing: { ...audio, conferenceId: audio.conferenceId ?? audio.ConferenceId } };
}
