/** https://learn.microsoft.com/en-us/graph/api/resources/onlinemeeting */
import { z } from 'zod';
import { identitySet } from './identity-set.ts';
import { complex, enumeration, flag, key, readResource, text, texts } from './resource.ts';

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const meetingParticipantInfo = z.object({
  identity: identitySet,
  role: enumeration('attendee', 'presenter', 'producer', 'coorganizer'),
  upn: text,
});

const broadcastMeetingSettings = complex({
  allowedAudience: enumeration('roleIsAttendee', 'organization', 'everyone'),
  captions: complex({ isCaptionEnabled: flag, spokenLanguage: text, translationLanguages: texts }),
  isAttendeeReportEnabled: flag,
  isQuestionAndAnswerEnabled: flag,
  isRecordingEnabled: flag,
  isVideoOnDemandEnabled: flag,
});

const audioConferencing = z.preprocess(
  // Microsoft's own example prints ConferenceId, its metadata says conferenceId.
  (value) => (isRecord(value) ? { conferenceId: value['ConferenceId'], ...value } : value),
  complex({
    conferenceId: text,
    dialinUrl: text,
    tollFreeNumber: text,
    tollFreeNumbers: texts,
    tollNumber: text,
    tollNumbers: texts,
  }),
);

const onlineMeeting = z.object({
  id: key,
  allowAttendeeToEnableCamera: flag,
  allowAttendeeToEnableMic: flag,
  allowBreakoutRooms: flag,
  allowCopyingAndSharingMeetingContent: flag,
  allowedLobbyAdmitters: enumeration('organizerAndCoOrganizersAndPresenters', 'organizerAndCoOrganizers'),
  allowedPresenters: enumeration('everyone', 'organization', 'roleIsPresenter', 'organizer'),
  allowLiveShare: enumeration('enabled', 'disabled'),
  allowMeetingChat: enumeration('enabled', 'disabled', 'limited'),
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
  joinInformation: complex({ content: text, contentType: enumeration('text', 'html') }),
  joinMeetingIdSettings: complex({ isPasscodeRequired: flag, joinMeetingId: text, passcode: text }),
  joinWebUrl: text,
  lobbyBypassSettings: complex({
    isDialInBypassEnabled: flag,
    scope: enumeration(
      'organizer',
      'organization',
      'organizationAndFederated',
      'everyone',
      'invited',
      'organizationExcludingGuests',
    ),
  }),
  meetingOptionsWebUrl: text,
  meetingSpokenLanguageTag: text,
  meetingTemplateId: text,
  meetingType: enumeration('adhoc', 'scheduled', 'recurring', 'broadcast', 'meetnow'),
  participants: complex({
    attendees: z.array(meetingParticipantInfo).nullable().default(null),
    organizer: meetingParticipantInfo.nullable().default(null),
  }),
  recordAutomatically: flag,
  sensitivityLabelAssignment: complex({ sensitivityLabelId: text }),
  shareMeetingChatHistoryDefault: enumeration('none', 'all'),
  startDateTime: text,
  subject: text,
  videoTeleconferenceId: text,
  watermarkProtection: complex({ isEnabledForContentSharing: flag, isEnabledForVideo: flag }),
});

export type OnlineMeetingResource = z.output<typeof onlineMeeting>;

/** Reads an onlineMeeting. Throws a `GraphError` that names the member whose type is wrong. */
export function readOnlineMeeting(value: unknown): OnlineMeetingResource {
  return readResource(onlineMeeting, 'onlineMeeting', value);
}
