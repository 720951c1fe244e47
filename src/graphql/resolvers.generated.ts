import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { CallRecording as CallRecordingModel } from '../recordings/call-recording.ts';
import type { CallRecordingContent as CallRecordingContentModel } from '../recordings/content.ts';
import type { CallRecordingDelta as CallRecordingDeltaModel } from '../recordings/call-recording-delta.ts';
import type { CallRecordingPage, CallRecordingEdge as CallRecordingEdgeModel } from '../recordings/list.ts';
import type { Identity as IdentityModel, IdentitySet as IdentitySetModel } from '../recordings/identity.ts';
import type { OnlineMeeting as OnlineMeetingModel } from '../recordings/online-meeting.ts';
import type { Context } from './context.ts';
export type Maybe<T> = T | null;
export type InputMaybe<T> = T | null;
export type Omit<T, K extends keyof T> = Pick<T, Exclude<keyof T, K>>;
export type RequireFields<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /**
   * A date and time in UTC as Microsoft Graph returns it: RFC 3339 with up to seven fractional digits of a second, for
   * example `2026-11-16T09:00:00.1234567Z`.
   */
  DateTime: { input: string; output: string; }
  _FieldSet: { input: string; output: string; }
};

/** Who can admit people from the lobby. Values that are newer than this schema are returned as `unknownFutureValue`. */
export type AllowedLobbyAdmitterRoles =
  /** The organizer and co-organizers. */
  | 'organizerAndCoOrganizers'
  /** The organizer, co-organizers and presenters. */
  | 'organizerAndCoOrganizersAndPresenters'
  /** A value that is newer than this schema. */
  | 'unknownFutureValue';

/** How to join a meeting by phone. */
export type AudioConferencing = {
  readonly __typename?: 'AudioConferencing';
  /** The number that identifies the meeting to the phone system. */
  readonly conferenceId: Maybe<Scalars['String']['output']>;
  /** The URL of a page with all phone numbers for joining. */
  readonly dialinUrl: Maybe<Scalars['String']['output']>;
  /** The toll-free phone number. */
  readonly tollFreeNumber: Maybe<Scalars['String']['output']>;
  /** All toll-free phone numbers. */
  readonly tollFreeNumbers: Maybe<ReadonlyArray<Scalars['String']['output']>>;
  /** The toll phone number. */
  readonly tollNumber: Maybe<Scalars['String']['output']>;
  /** All toll phone numbers. */
  readonly tollNumbers: Maybe<ReadonlyArray<Scalars['String']['output']>>;
};

/** The format of a text. Values that are newer than this schema are returned as `unknownFutureValue`. */
export type BodyType =
  /** HTML. */
  | 'html'
  /** Plain text. */
  | 'text'
  /** A value that is newer than this schema. */
  | 'unknownFutureValue';

/** Who can watch a live event. Values that are newer than this schema are returned as `unknownFutureValue`. */
export type BroadcastMeetingAudience =
  /** Everyone. */
  | 'everyone'
  /** Everyone in the organization. */
  | 'organization'
  /** Everyone who is invited. */
  | 'roleIsAttendee'
  /** A value that is newer than this schema. */
  | 'unknownFutureValue';

/** The captions of a live event. */
export type BroadcastMeetingCaptionSettings = {
  readonly __typename?: 'BroadcastMeetingCaptionSettings';
  /** Whether captions are enabled. */
  readonly isCaptionEnabled: Maybe<Scalars['Boolean']['output']>;
  /** The spoken language. */
  readonly spokenLanguage: Maybe<Scalars['String']['output']>;
  /** The languages that the captions are translated into. */
  readonly translationLanguages: Maybe<ReadonlyArray<Scalars['String']['output']>>;
};

/** The settings of a live event. */
export type BroadcastMeetingSettings = {
  readonly __typename?: 'BroadcastMeetingSettings';
  /** Who can watch the event. */
  readonly allowedAudience: Maybe<BroadcastMeetingAudience>;
  /** The captions of the event. */
  readonly captions: Maybe<BroadcastMeetingCaptionSettings>;
  /** Whether an attendee report is created. */
  readonly isAttendeeReportEnabled: Maybe<Scalars['Boolean']['output']>;
  /** Whether attendees can ask questions. */
  readonly isQuestionAndAnswerEnabled: Maybe<Scalars['Boolean']['output']>;
  /** Whether the event is recorded. */
  readonly isRecordingEnabled: Maybe<Scalars['Boolean']['output']>;
  /** Whether the event can be watched later. */
  readonly isVideoOnDemandEnabled: Maybe<Scalars['Boolean']['output']>;
};

/** The recording of a meeting, or of a part of it. A meeting that was recorded twice has two recordings. */
export type CallRecording = {
  readonly __typename?: 'CallRecording';
  /** The id of the call that was recorded. */
  readonly callId: Maybe<Scalars['String']['output']>;
  /**
   * The video, as a link that a `<video>` element, a download manager or ffmpeg can open without an access token for a
   * limited time. Creating the link sends no request to Microsoft Graph. Null when Microsoft Graph returns no `meetingId`
   * for the recording, because the video cannot be requested without it.
   */
  readonly content: Maybe<CallRecordingContent>;
  /** The id that links this recording to the transcript and the insights of the same part of the meeting. An opaque string. */
  readonly contentCorrelationId: Maybe<Scalars['String']['output']>;
  /** When the recording was created. */
  readonly createdDateTime: Maybe<Scalars['DateTime']['output']>;
  /** When the recording ended. */
  readonly endDateTime: Maybe<Scalars['DateTime']['output']>;
  /** The id of the recording, exactly as Microsoft Graph returned it. Unique within its meeting. */
  readonly id: Scalars['ID']['output'];
  /** The meeting that was recorded. */
  readonly meeting: Maybe<OnlineMeeting>;
  /** The id of the meeting that was recorded. */
  readonly meetingId: Maybe<Scalars['ID']['output']>;
  /** The organizer of the meeting. */
  readonly meetingOrganizer: Maybe<IdentitySet>;
  /** The object id of the user who organized the meeting. */
  readonly meetingOrganizerId: Scalars['ID']['output'];
  /**
   * The URL of the content, as Microsoft Graph returns it. It has several forms; some of them cannot be requested, and all
   * require an access token for Microsoft Graph.
   */
  readonly recordingContentUrl: Maybe<Scalars['String']['output']>;
};


/** The recording of a meeting, or of a part of it. A meeting that was recorded twice has two recordings. */
export type CallRecordingContentArgs = {
  expiresInSeconds?: InputMaybe<Scalars['Int']['input']>;
};

/** One page of a list of recordings. */
export type CallRecordingConnection = {
  readonly __typename?: 'CallRecordingConnection';
  /** The recordings of this page, each with its cursor. */
  readonly edges: ReadonlyArray<CallRecordingEdge>;
  /** The recordings of this page. */
  readonly nodes: ReadonlyArray<CallRecording>;
  /** Whether there are more pages, and the cursor to request the next one. */
  readonly pageInfo: PageInfo;
};

/**
 * A temporary link to the video of a recording. Anyone who has the link can open it, so show it only to the caller. Query
 * a new link when it has expired.
 */
export type CallRecordingContent = {
  readonly __typename?: 'CallRecordingContent';
  /**
   * The media type. Selecting `contentType`, `size` or both sends one request to Microsoft Graph for each recording, which
   * cannot be batched. Omit both in lists where possible.
   */
  readonly contentType: Maybe<Scalars['String']['output']>;
  /** When the link expires. A download or stream that started before then continues to its end. */
  readonly expirationDateTime: Scalars['DateTime']['output'];
  /**
   * The size in bytes, a whole number. Null when Microsoft Graph does not report it. A `Float`, because a recording can be
   * larger than the maximum of an `Int`.
   */
  readonly size: Maybe<Scalars['Float']['output']>;
  /** The URL of the video. It supports GET and HEAD, and range requests. */
  readonly url: Scalars['String']['output'];
};

/**
 * Recordings that were added, and a token to continue from. Apply all of it and store its `token` in the same transaction:
 * a client that continues from the token receives everything it missed, and nothing twice.
 */
export type CallRecordingDelta = {
  readonly __typename?: 'CallRecordingDelta';
  /** The recordings that were added, in the order in which they were found. At most 200 per response or event. */
  readonly added: ReadonlyArray<CallRecording>;
  /**
   * Whether there may be more recordings that cannot be read at present, for example because Microsoft Graph does not
   * respond. A later event has `behind: false` when the gateway has caught up, and nothing is lost. Always false in the
   * response to a query, which fails instead.
   */
  readonly behind: Scalars['Boolean']['output'];
  /**
   * Whether there are more recordings than fit into this response or event. Query again with `token`, or wait for the next
   * event.
   */
  readonly hasMore: Scalars['Boolean']['output'];
  /**
   * Whether the list of recordings starts over. If true, discard everything received before: this response or event and
   * the following ones replace it.
   */
  readonly resync: Scalars['Boolean']['output'];
  /** The value to pass as `since` to continue from here. An opaque string, valid for this organizer only. */
  readonly token: Scalars['String']['output'];
};

/** A recording and its position in a list. */
export type CallRecordingEdge = {
  readonly __typename?: 'CallRecordingEdge';
  /** The position in the list. Pass it as `after` to continue from here. */
  readonly cursor: Scalars['String']['output'];
  /** The recording. */
  readonly node: CallRecording;
};

/** The chat that belongs to a meeting. */
export type ChatInfo = {
  readonly __typename?: 'ChatInfo';
  /** The id of the message that started the conversation. */
  readonly messageId: Maybe<Scalars['String']['output']>;
  /** The id of the message that is replied to. */
  readonly replyChainMessageId: Maybe<Scalars['String']['output']>;
  /** The id of the conversation. Join links and meeting ids contain it. */
  readonly threadId: Maybe<Scalars['String']['output']>;
};

/** The restrictions on messages in the chat of a meeting. */
export type ChatRestrictions = {
  readonly __typename?: 'ChatRestrictions';
  /** Whether only text messages are allowed. */
  readonly allowTextOnly: Maybe<Scalars['Boolean']['output']>;
};

/** How to join with a video conferencing device of another vendor. */
export type CloudVideoInteropInfo = {
  readonly __typename?: 'CloudVideoInteropInfo';
  /** The URL of a page with more information. */
  readonly moreInfoWebUrl: Maybe<Scalars['String']['output']>;
  /** The key that identifies the tenant to the vendor. */
  readonly tenantKey: Maybe<Scalars['String']['output']>;
  /** The id by which the devices find the meeting. */
  readonly videoTeleconferenceId: Maybe<Scalars['String']['output']>;
};

/**
 * The identity of a user, an application, a device or another actor. Microsoft Graph has a type for each kind but does not
 * report the type reliably, so this type has the fields of all of them. Fields that an identity does not have are null.
 */
export type Identity = {
  readonly __typename?: 'Identity';
  /** The kind of application. */
  readonly applicationIdentityType: Maybe<TeamworkApplicationIdentityType>;
  /** The kind of conversation. */
  readonly conversationIdentityType: Maybe<TeamworkConversationIdentityType>;
  /**
   * The display name. Microsoft Graph omits it from all responses about recordings, so the gateway looks it up when this
   * field is selected. Null when the lookup is not allowed.
   */
  readonly displayName: Maybe<Scalars['String']['output']>;
  /** The email address, for example of a guest. */
  readonly email: Maybe<Scalars['String']['output']>;
  /** The id. For a user, this is the object id in Entra ID. */
  readonly id: Maybe<Scalars['ID']['output']>;
  /** The id of the tenant that the user belongs to. */
  readonly tenantId: Maybe<Scalars['ID']['output']>;
  /**
   * The user in the directory, with the meetings that they organized and the fields that other subgraphs add. Null when
   * the identity is not a user of the directory. The field alone sends no request to Microsoft Graph. Its names follow the
   * same access rules as those of `Query.user`; to show the name of this identity, select `displayName` next to this
   * field.
   */
  readonly user: Maybe<User>;
  /** The kind of user. */
  readonly userIdentityType: Maybe<TeamworkUserIdentityType>;
  /** The sign-in name of a user. */
  readonly userPrincipalName: Maybe<Scalars['String']['output']>;
};

/** The identities of a user, an application or another actor. Usually only one of them is set. */
export type IdentitySet = {
  readonly __typename?: 'IdentitySet';
  /** The application. */
  readonly application: Maybe<Identity>;
  /** The application instance, for example a bot that answers calls. */
  readonly applicationInstance: Maybe<Identity>;
  /** The identity that was asserted for the participant by someone else, for example for a delegate. */
  readonly assertedIdentity: Maybe<Identity>;
  /** The user of Azure Communication Services. */
  readonly azureCommunicationServicesUser: Maybe<Identity>;
  /** The team, channel or chat. */
  readonly conversation: Maybe<Identity>;
  /** The device. */
  readonly device: Maybe<Identity>;
  /** An identity that is stored encrypted. */
  readonly encrypted: Maybe<Identity>;
  /** The guest. */
  readonly guest: Maybe<Identity>;
  /** The user of an on-premises system. */
  readonly onPremises: Maybe<Identity>;
  /** The phone. */
  readonly phone: Maybe<Identity>;
  /** The user. */
  readonly user: Maybe<Identity>;
};

/** A text and its format. */
export type ItemBody = {
  readonly __typename?: 'ItemBody';
  /** The text. */
  readonly content: Maybe<Scalars['String']['output']>;
  /** The format of the text. */
  readonly contentType: Maybe<BodyType>;
};

/** The join meeting id of a meeting and its passcode, for joining without a link. */
export type JoinMeetingIdSettings = {
  readonly __typename?: 'JoinMeetingIdSettings';
  /** Whether the passcode is also required. */
  readonly isPasscodeRequired: Maybe<Scalars['Boolean']['output']>;
  /** The join meeting id, the number that participants enter to join. */
  readonly joinMeetingId: Maybe<Scalars['String']['output']>;
  /** The passcode. */
  readonly passcode: Maybe<Scalars['String']['output']>;
};

/** Who bypasses the lobby. Values that are newer than this schema are returned as `unknownFutureValue`. */
export type LobbyBypassScope =
  /** Everyone. */
  | 'everyone'
  /** Everyone who is invited. */
  | 'invited'
  /** Everyone in the organization. */
  | 'organization'
  /** Everyone in the organization and in federated organizations. */
  | 'organizationAndFederated'
  /** Everyone in the organization except its guests. */
  | 'organizationExcludingGuests'
  /** Only the organizer. */
  | 'organizer'
  /** A value that is newer than this schema. */
  | 'unknownFutureValue';

/** Who can bypass the lobby of a meeting. */
export type LobbyBypassSettings = {
  readonly __typename?: 'LobbyBypassSettings';
  /** Whether participants who join by phone bypass the lobby. */
  readonly isDialInBypassEnabled: Maybe<Scalars['Boolean']['output']>;
  /** Who bypasses the lobby. */
  readonly scope: Maybe<LobbyBypassScope>;
};

/**
 * How much of the chat history is visible to participants who are added later. Values that are newer than this schema are
 * returned as `unknownFutureValue`.
 */
export type MeetingChatHistoryDefaultMode =
  /** All of the chat history. */
  | 'all'
  /** None of the chat history. */
  | 'none'
  /** A value that is newer than this schema. */
  | 'unknownFutureValue';

/** The mode of a meeting chat. Values that are newer than this schema are returned as `unknownFutureValue`. */
export type MeetingChatMode =
  /** The chat is disabled. */
  | 'disabled'
  /** The chat is enabled. */
  | 'enabled'
  /** The chat is enabled only while the meeting lasts. */
  | 'limited'
  /** A value that is newer than this schema. */
  | 'unknownFutureValue';

/** Whether Live Share can be used. Values that are newer than this schema are returned as `unknownFutureValue`. */
export type MeetingLiveShareOptions =
  /** Live Share is disabled. */
  | 'disabled'
  /** Live Share is enabled. */
  | 'enabled'
  /** A value that is newer than this schema. */
  | 'unknownFutureValue';

/** A participant of a meeting. */
export type MeetingParticipantInfo = {
  readonly __typename?: 'MeetingParticipantInfo';
  /** The identity of the participant. */
  readonly identity: Maybe<IdentitySet>;
  /** The role of the participant in the meeting. */
  readonly role: Maybe<OnlineMeetingRole>;
  /** The user principal name of the participant, with which they sign in. */
  readonly upn: Maybe<Scalars['String']['output']>;
};

/** The participants of a meeting. */
export type MeetingParticipants = {
  readonly __typename?: 'MeetingParticipants';
  /** The participants who are invited. */
  readonly attendees: Maybe<ReadonlyArray<MeetingParticipantInfo>>;
  /** The organizer of the meeting. */
  readonly organizer: Maybe<MeetingParticipantInfo>;
};

/** A Teams meeting. */
export type OnlineMeeting = {
  readonly __typename?: 'OnlineMeeting';
  /** Whether attendees can turn on their camera. */
  readonly allowAttendeeToEnableCamera: Maybe<Scalars['Boolean']['output']>;
  /** Whether attendees can turn on their microphone. */
  readonly allowAttendeeToEnableMic: Maybe<Scalars['Boolean']['output']>;
  /** Whether breakout rooms can be created. */
  readonly allowBreakoutRooms: Maybe<Scalars['Boolean']['output']>;
  /** Whether meeting content can be copied and shared. */
  readonly allowCopyingAndSharingMeetingContent: Maybe<Scalars['Boolean']['output']>;
  /** Whether Live Share can be used. */
  readonly allowLiveShare: Maybe<MeetingLiveShareOptions>;
  /** The mode of the meeting chat. */
  readonly allowMeetingChat: Maybe<MeetingChatMode>;
  /** Whether participants can change the name that is displayed for them. */
  readonly allowParticipantsToChangeName: Maybe<Scalars['Boolean']['output']>;
  /** Whether PowerPoint Live can be used. */
  readonly allowPowerPointSharing: Maybe<Scalars['Boolean']['output']>;
  /** Whether the meeting can be recorded. */
  readonly allowRecording: Maybe<Scalars['Boolean']['output']>;
  /** Whether reactions can be sent. */
  readonly allowTeamworkReactions: Maybe<Scalars['Boolean']['output']>;
  /** Whether the meeting can be transcribed. */
  readonly allowTranscription: Maybe<Scalars['Boolean']['output']>;
  /** Whether the whiteboard can be used. */
  readonly allowWhiteboard: Maybe<Scalars['Boolean']['output']>;
  /** Who can admit people from the lobby. */
  readonly allowedLobbyAdmitters: Maybe<AllowedLobbyAdmitterRoles>;
  /** Who can present. */
  readonly allowedPresenters: Maybe<OnlineMeetingPresenters>;
  /** How to join by phone. */
  readonly audioConferencing: Maybe<AudioConferencing>;
  /** The settings of a live event. */
  readonly broadcastSettings: Maybe<BroadcastMeetingSettings>;
  /** The chat that belongs to the meeting. */
  readonly chatInfo: Maybe<ChatInfo>;
  /** The restrictions on messages in the chat. */
  readonly chatRestrictions: Maybe<ChatRestrictions>;
  /** How to join with a video conferencing device of another vendor. */
  readonly cloudVideoInteropInfo: Maybe<CloudVideoInteropInfo>;
  /** When the meeting was created. */
  readonly creationDateTime: Maybe<Scalars['DateTime']['output']>;
  /** When the meeting ends. */
  readonly endDateTime: Maybe<Scalars['DateTime']['output']>;
  /** When the meeting expires. The recordings of an expired meeting are not available. */
  readonly expiryDateTime: Maybe<Scalars['DateTime']['output']>;
  /** The custom id that the creator of the meeting chose. */
  readonly externalId: Maybe<Scalars['String']['output']>;
  /** The id of the meeting, exactly as Microsoft Graph returned it. */
  readonly id: Scalars['ID']['output'];
  /** Whether the meeting is a live event. */
  readonly isBroadcast: Maybe<Scalars['Boolean']['output']>;
  /** Whether end-to-end encryption is enabled for the meeting. */
  readonly isEndToEndEncryptionEnabled: Maybe<Scalars['Boolean']['output']>;
  /** Whether it is announced when callers join or leave. */
  readonly isEntryExitAnnounced: Maybe<Scalars['Boolean']['output']>;
  /** The text of the invitation, as a percent-encoded data URI. */
  readonly joinInformation: Maybe<ItemBody>;
  /** The join meeting id and the passcode, for joining without a link. */
  readonly joinMeetingIdSettings: Maybe<JoinMeetingIdSettings>;
  /** The link for joining the meeting. */
  readonly joinWebUrl: Maybe<Scalars['String']['output']>;
  /** Who can bypass the lobby. */
  readonly lobbyBypassSettings: Maybe<LobbyBypassSettings>;
  /**
   * The URL of the page where the organizer changes the meeting options. Like a join link, it contains the id of the
   * conversation.
   */
  readonly meetingOptionsWebUrl: Maybe<Scalars['String']['output']>;
  /** The language spoken in the meeting, as a BCP 47 tag. */
  readonly meetingSpokenLanguageTag: Maybe<Scalars['String']['output']>;
  /** The id of the template that the meeting was created from. */
  readonly meetingTemplateId: Maybe<Scalars['String']['output']>;
  /** The kind of meeting. */
  readonly meetingType: Maybe<OnlineMeetingType>;
  /** The object id of the user through whom the meeting was found: the organizer, or a user who is invited to it. */
  readonly organizerId: Scalars['ID']['output'];
  /** The participants of the meeting. */
  readonly participants: Maybe<MeetingParticipants>;
  /** Whether recording starts automatically. */
  readonly recordAutomatically: Maybe<Scalars['Boolean']['output']>;
  /** The recordings of the meeting. Microsoft Graph does not guarantee an order. */
  readonly recordings: CallRecordingConnection;
  /** The sensitivity label of the meeting. */
  readonly sensitivityLabelAssignment: Maybe<OnlineMeetingSensitivityLabelAssignment>;
  /** How much of the chat history is visible to participants who are added later. */
  readonly shareMeetingChatHistoryDefault: Maybe<MeetingChatHistoryDefaultMode>;
  /** When the meeting starts. */
  readonly startDateTime: Maybe<Scalars['DateTime']['output']>;
  /** The subject of the meeting. */
  readonly subject: Maybe<Scalars['String']['output']>;
  /** The id by which video conferencing devices find the meeting. */
  readonly videoTeleconferenceId: Maybe<Scalars['String']['output']>;
  /** Which content is watermarked. */
  readonly watermarkProtection: Maybe<WatermarkProtectionValues>;
};


/** A Teams meeting. */
export type OnlineMeetingRecordingsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};

/** Who can present in a meeting. Values that are newer than this schema are returned as `unknownFutureValue`. */
export type OnlineMeetingPresenters =
  /** Everyone. */
  | 'everyone'
  /** Everyone in the organization. */
  | 'organization'
  /** Only the organizer. */
  | 'organizer'
  /** Participants with the role `presenter`. */
  | 'roleIsPresenter'
  /** A value that is newer than this schema. */
  | 'unknownFutureValue';

/** The role of a participant in a meeting. Values that are newer than this schema are returned as `unknownFutureValue`. */
export type OnlineMeetingRole =
  /** Attends the meeting. */
  | 'attendee'
  /** Organizes the meeting together with the organizer. */
  | 'coorganizer'
  /** Presents in the meeting. */
  | 'presenter'
  /** Produces a live event. */
  | 'producer'
  /** A value that is newer than this schema. */
  | 'unknownFutureValue';

/** The sensitivity label of a meeting. */
export type OnlineMeetingSensitivityLabelAssignment = {
  readonly __typename?: 'OnlineMeetingSensitivityLabelAssignment';
  /** The id of the label. */
  readonly sensitivityLabelId: Maybe<Scalars['String']['output']>;
};

/** The kinds of meeting. Values that are newer than this schema are returned as `unknownFutureValue`. */
export type OnlineMeetingType =
  /** A call that was not scheduled. */
  | 'adhoc'
  /** A live event. */
  | 'broadcast'
  /** A meeting that was started instantly, without scheduling. */
  | 'meetnow'
  /** A meeting that recurs in a series. */
  | 'recurring'
  /** A meeting that was scheduled in the calendar. */
  | 'scheduled'
  /** A value that is newer than this schema. */
  | 'unknownFutureValue';

/** Information about a page of a list. Lists support only forward pagination. */
export type PageInfo = {
  readonly __typename?: 'PageInfo';
  /** The cursor of the last item of this page. Null when the page is empty. */
  readonly endCursor: Maybe<Scalars['String']['output']>;
  /** Whether there may be more after this page. */
  readonly hasNextPage: Scalars['Boolean']['output'];
  /** Always false, because the lists of Microsoft Graph do not support backward pagination. */
  readonly hasPreviousPage: Scalars['Boolean']['output'];
  /** The cursor of the first item of this page. Null when the page is empty. */
  readonly startCursor: Maybe<Scalars['String']['output']>;
};

/** The query operations. */
export type Query = {
  readonly __typename?: 'Query';
  /**
   * One recording, identified as in Microsoft Graph: by the organizer of the meeting, the meeting, and the recording. Null
   * when Microsoft Graph does not find it.
   */
  readonly callRecording: Maybe<CallRecording>;
  /**
   * The recordings added to the meetings that one user organized since an earlier response. Each query sends requests to
   * Microsoft Graph. No recording is returned twice.
   */
  readonly callRecordingDelta: CallRecordingDelta;
  /**
   * All recordings of the meetings that one user organized, optionally only those created in a time window. Microsoft
   * Graph does not guarantee an order.
   */
  readonly callRecordings: CallRecordingConnection;
  /** One online meeting by its id. Null when Microsoft Graph does not find it. */
  readonly onlineMeeting: Maybe<OnlineMeeting>;
  /**
   * One online meeting by its join meeting id, the number that participants enter to join. Null when Microsoft Graph does
   * not find it.
   */
  readonly onlineMeetingByJoinMeetingId: Maybe<OnlineMeeting>;
  /** One online meeting by its join link. Null when Microsoft Graph does not find it. */
  readonly onlineMeetingByJoinWebUrl: Maybe<OnlineMeeting>;
  /**
   * One online meeting by its video teleconference id. Microsoft Graph supports this only with application permissions.
   * Null when Microsoft Graph does not find it.
   */
  readonly onlineMeetingByVideoTeleconferenceId: Maybe<OnlineMeeting>;
  /**
   * One user of the tenant. The field alone sends no request to Microsoft Graph. For a user that Microsoft Graph does not
   * know, the names are null and the lists fail with `NOT_FOUND`.
   */
  readonly user: Maybe<User>;
};


/** The query operations. */
export type QueryCallRecordingArgs = {
  id: Scalars['ID']['input'];
  meetingId: Scalars['ID']['input'];
  meetingOrganizerId: Scalars['ID']['input'];
};


/** The query operations. */
export type QueryCallRecordingDeltaArgs = {
  meetingOrganizerId: Scalars['ID']['input'];
  resync?: InputMaybe<Scalars['Boolean']['input']>;
  since?: InputMaybe<Scalars['String']['input']>;
};


/** The query operations. */
export type QueryCallRecordingsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  endDateTime?: InputMaybe<Scalars['DateTime']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  meetingOrganizerId: Scalars['ID']['input'];
  startDateTime?: InputMaybe<Scalars['DateTime']['input']>;
};


/** The query operations. */
export type QueryOnlineMeetingArgs = {
  id: Scalars['ID']['input'];
  organizerId: Scalars['ID']['input'];
};


/** The query operations. */
export type QueryOnlineMeetingByJoinMeetingIdArgs = {
  joinMeetingId: Scalars['String']['input'];
  organizerId: Scalars['ID']['input'];
};


/** The query operations. */
export type QueryOnlineMeetingByJoinWebUrlArgs = {
  joinWebUrl: Scalars['String']['input'];
  organizerId: Scalars['ID']['input'];
};


/** The query operations. */
export type QueryOnlineMeetingByVideoTeleconferenceIdArgs = {
  videoTeleconferenceId: Scalars['String']['input'];
};


/** The query operations. */
export type QueryUserArgs = {
  id: Scalars['ID']['input'];
};

/** The subscription operations, over Server-Sent Events or WebSocket. */
export type Subscription = {
  readonly __typename?: 'Subscription';
  /**
   * The recordings added to the meetings that one user organized, in real time: each recording once, and in the same order
   * for all subscribers. To continue after a query or a broken connection, pass the last `token` as `since`. The
   * subscription ends when the caller's access token expires.
   */
  readonly callRecordingDelta: CallRecordingDelta;
};


/** The subscription operations, over Server-Sent Events or WebSocket. */
export type SubscriptionCallRecordingDeltaArgs = {
  meetingOrganizerId: Scalars['ID']['input'];
  since?: InputMaybe<Scalars['String']['input']>;
};

/** The kinds of application. Kinds that are newer than this schema are returned as `unknownFutureValue`. */
export type TeamworkApplicationIdentityType =
  /** An application registered in Entra ID. */
  | 'aadApplication'
  /** A bot. */
  | 'bot'
  /** An Office 365 connector. */
  | 'office365Connector'
  /** An outgoing webhook. */
  | 'outgoingWebhook'
  /** A bot of the tenant. */
  | 'tenantBot'
  /** A kind that is newer than this schema. */
  | 'unknownFutureValue';

/** The kinds of conversation. Kinds that are newer than this schema are returned as `unknownFutureValue`. */
export type TeamworkConversationIdentityType =
  /** A channel of a team. */
  | 'channel'
  /** A chat. */
  | 'chat'
  /** A team. */
  | 'team'
  /** A kind that is newer than this schema. */
  | 'unknownFutureValue';

/** The kinds of user. Kinds that are newer than this schema are returned as `unknownFutureValue`. */
export type TeamworkUserIdentityType =
  /** A user of the tenant in Entra ID. */
  | 'aadUser'
  /** A person who joined without signing in. */
  | 'anonymousGuest'
  /** A user of Azure Communication Services. */
  | 'azureCommunicationServicesUser'
  /** A person identified only by an email address. */
  | 'emailUser'
  /** A user of another, federated tenant. */
  | 'federatedUser'
  /** A user of an on-premises directory. */
  | 'onPremiseAadUser'
  /** A user with a personal Microsoft account. */
  | 'personalMicrosoftAccountUser'
  /** A person who joined by phone. */
  | 'phoneUser'
  /** A user of Skype. */
  | 'skypeUser'
  /** A kind that is newer than this schema. */
  | 'unknownFutureValue';

/**
 * A user of the tenant, with the recordings of the meetings that they organized, and with meetings. In a supergraph with a
 * subgraph for users, the names can come from that subgraph.
 */
export type User = {
  readonly __typename?: 'User';
  /** All recordings of the meetings that the user organized. Microsoft Graph does not guarantee an order. */
  readonly callRecordings: CallRecordingConnection;
  /** The display name. Null when looking up the user is not allowed. */
  readonly displayName: Maybe<Scalars['String']['output']>;
  /** The object id of the user in Entra ID. */
  readonly id: Scalars['ID']['output'];
  /** One online meeting that the user organized or is invited to. Null when Microsoft Graph does not find it. */
  readonly onlineMeeting: Maybe<OnlineMeeting>;
  /** The user principal name, with which the user signs in. Null when looking up the user is not allowed. */
  readonly userPrincipalName: Maybe<Scalars['String']['output']>;
};


/**
 * A user of the tenant, with the recordings of the meetings that they organized, and with meetings. In a supergraph with a
 * subgraph for users, the names can come from that subgraph.
 */
export type UserCallRecordingsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  endDateTime?: InputMaybe<Scalars['DateTime']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  startDateTime?: InputMaybe<Scalars['DateTime']['input']>;
};


/**
 * A user of the tenant, with the recordings of the meetings that they organized, and with meetings. In a supergraph with a
 * subgraph for users, the names can come from that subgraph.
 */
export type UserOnlineMeetingArgs = {
  id: Scalars['ID']['input'];
};

/** Which content of a meeting is watermarked. */
export type WatermarkProtectionValues = {
  readonly __typename?: 'WatermarkProtectionValues';
  /** Whether shared content is watermarked. */
  readonly isEnabledForContentSharing: Maybe<Scalars['Boolean']['output']>;
  /** Whether the video is watermarked. */
  readonly isEnabledForVideo: Maybe<Scalars['Boolean']['output']>;
};

export type WithIndex<TObject> = TObject & Record<string, any>;
export type ResolversObject<TObject> = WithIndex<TObject>;

export type ResolverTypeWrapper<T> = Promise<T> | T;

export type ReferenceResolver<TResult, TReference, TContext> = (
      reference: TReference,
      context: TContext,
      info: GraphQLResolveInfo
    ) => Promise<TResult> | TResult;

      type ScalarCheck<T, S> = S extends true ? T : NullableCheck<T, S>;
      type NullableCheck<T, S> = Maybe<T> extends T ? Maybe<ListCheck<NonNullable<T>, S>> : ListCheck<T, S>;
      type ListCheck<T, S> = T extends (infer U)[] ? NullableCheck<U, S>[] : GraphQLRecursivePick<T, S>;
      export type GraphQLRecursivePick<T, S> = { [K in keyof T & keyof S]: ScalarCheck<T[K], S[K]> };
    

export type ResolverWithResolve<TResult, TParent, TContext, TArgs> = {
  resolve: ResolverFn<TResult, TParent, TContext, TArgs>;
};
export type Resolver<TResult, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = ResolverFn<TResult, TParent, TContext, TArgs> | ResolverWithResolve<TResult, TParent, TContext, TArgs>;

export type ResolverFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => Promise<TResult> | TResult;

export type SubscriptionSubscribeFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => AsyncIterable<TResult> | Promise<AsyncIterable<TResult>>;

export type SubscriptionResolveFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

export interface SubscriptionSubscriberObject<TResult, TKey extends string, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<{ [key in TKey]: TResult }, TParent, TContext, TArgs>;
  resolve?: SubscriptionResolveFn<TResult, { [key in TKey]: TResult }, TContext, TArgs>;
}

export interface SubscriptionResolverObject<TResult, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<any, TParent, TContext, TArgs>;
  resolve: SubscriptionResolveFn<TResult, any, TContext, TArgs>;
}

export type SubscriptionObject<TResult, TKey extends string, TParent, TContext, TArgs> =
  | SubscriptionSubscriberObject<TResult, TKey, TParent, TContext, TArgs>
  | SubscriptionResolverObject<TResult, TParent, TContext, TArgs>;

export type SubscriptionResolver<TResult, TKey extends string, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> =
  | ((...args: any[]) => SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>)
  | SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>;

export type TypeResolveFn<TTypes, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (
  parent: TParent,
  context: TContext,
  info: GraphQLResolveInfo
) => Maybe<TTypes> | Promise<Maybe<TTypes>>;

export type IsTypeOfResolverFn<T = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (obj: T, context: TContext, info: GraphQLResolveInfo) => boolean | Promise<boolean>;

export type NextResolverFn<T> = () => Promise<T>;

export type DirectiveResolverFn<TResult = Record<PropertyKey, never>, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = (
  next: NextResolverFn<TResult>,
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

/** Mapping of federation types */
export type FederationTypes = ResolversObject<{
  CallRecording: CallRecording;
  OnlineMeeting: OnlineMeeting;
  User: User;
}>;

/** Mapping of federation reference types */
export type FederationReferenceTypes = ResolversObject<{
  CallRecording:
    ( { __typename: 'CallRecording' }
    & GraphQLRecursivePick<FederationTypes['CallRecording'], {"meetingOrganizerId":true,"meetingId":true,"id":true}> );
  OnlineMeeting:
    ( { __typename: 'OnlineMeeting' }
    & ( GraphQLRecursivePick<FederationTypes['OnlineMeeting'], {"organizerId":true,"id":true}>
        | GraphQLRecursivePick<FederationTypes['OnlineMeeting'], {"organizerId":true,"joinWebUrl":true}> ) );
  User:
    ( { __typename: 'User' }
    & GraphQLRecursivePick<FederationTypes['User'], {"id":true}> );
}>;



/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = ResolversObject<{
  AllowedLobbyAdmitterRoles: AllowedLobbyAdmitterRoles;
  AudioConferencing: ResolverTypeWrapper<AudioConferencing>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  BodyType: BodyType;
  BroadcastMeetingAudience: BroadcastMeetingAudience;
  BroadcastMeetingCaptionSettings: ResolverTypeWrapper<BroadcastMeetingCaptionSettings>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  BroadcastMeetingSettings: ResolverTypeWrapper<BroadcastMeetingSettings>;
  CallRecording: ResolverTypeWrapper<CallRecordingModel>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  CallRecordingConnection: ResolverTypeWrapper<CallRecordingPage>;
  CallRecordingContent: ResolverTypeWrapper<CallRecordingContentModel>;
  Float: ResolverTypeWrapper<Scalars['Float']['output']>;
  CallRecordingDelta: ResolverTypeWrapper<CallRecordingDeltaModel>;
  CallRecordingEdge: ResolverTypeWrapper<CallRecordingEdgeModel>;
  ChatInfo: ResolverTypeWrapper<ChatInfo>;
  ChatRestrictions: ResolverTypeWrapper<ChatRestrictions>;
  CloudVideoInteropInfo: ResolverTypeWrapper<CloudVideoInteropInfo>;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  Identity: ResolverTypeWrapper<IdentityModel>;
  IdentitySet: ResolverTypeWrapper<IdentitySetModel>;
  ItemBody: ResolverTypeWrapper<ItemBody>;
  JoinMeetingIdSettings: ResolverTypeWrapper<JoinMeetingIdSettings>;
  LobbyBypassScope: LobbyBypassScope;
  LobbyBypassSettings: ResolverTypeWrapper<LobbyBypassSettings>;
  MeetingChatHistoryDefaultMode: MeetingChatHistoryDefaultMode;
  MeetingChatMode: MeetingChatMode;
  MeetingLiveShareOptions: MeetingLiveShareOptions;
  MeetingParticipantInfo: ResolverTypeWrapper<Omit<MeetingParticipantInfo, 'identity'> & { identity?: Maybe<ResolversTypes['IdentitySet']> }>;
  MeetingParticipants: ResolverTypeWrapper<Omit<MeetingParticipants, 'attendees' | 'organizer'> & { attendees?: Maybe<ReadonlyArray<ResolversTypes['MeetingParticipantInfo']>>, organizer?: Maybe<ResolversTypes['MeetingParticipantInfo']> }>;
  OnlineMeeting: ResolverTypeWrapper<OnlineMeetingModel>;
  OnlineMeetingPresenters: OnlineMeetingPresenters;
  OnlineMeetingRole: OnlineMeetingRole;
  OnlineMeetingSensitivityLabelAssignment: ResolverTypeWrapper<OnlineMeetingSensitivityLabelAssignment>;
  OnlineMeetingType: OnlineMeetingType;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Subscription: ResolverTypeWrapper<Record<PropertyKey, never>>;
  TeamworkApplicationIdentityType: TeamworkApplicationIdentityType;
  TeamworkConversationIdentityType: TeamworkConversationIdentityType;
  TeamworkUserIdentityType: TeamworkUserIdentityType;
  User: ResolverTypeWrapper<{ readonly id: string }>;
  WatermarkProtectionValues: ResolverTypeWrapper<WatermarkProtectionValues>;
}>;

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = ResolversObject<{
  AudioConferencing: AudioConferencing;
  String: Scalars['String']['output'];
  BroadcastMeetingCaptionSettings: BroadcastMeetingCaptionSettings;
  Boolean: Scalars['Boolean']['output'];
  BroadcastMeetingSettings: BroadcastMeetingSettings;
  CallRecording: CallRecordingModel;
  Int: Scalars['Int']['output'];
  ID: Scalars['ID']['output'];
  CallRecordingConnection: CallRecordingPage;
  CallRecordingContent: CallRecordingContentModel;
  Float: Scalars['Float']['output'];
  CallRecordingDelta: CallRecordingDeltaModel;
  CallRecordingEdge: CallRecordingEdgeModel;
  ChatInfo: ChatInfo;
  ChatRestrictions: ChatRestrictions;
  CloudVideoInteropInfo: CloudVideoInteropInfo;
  DateTime: Scalars['DateTime']['output'];
  Identity: IdentityModel;
  IdentitySet: IdentitySetModel;
  ItemBody: ItemBody;
  JoinMeetingIdSettings: JoinMeetingIdSettings;
  LobbyBypassSettings: LobbyBypassSettings;
  MeetingParticipantInfo: Omit<MeetingParticipantInfo, 'identity'> & { identity?: Maybe<ResolversParentTypes['IdentitySet']> };
  MeetingParticipants: Omit<MeetingParticipants, 'attendees' | 'organizer'> & { attendees?: Maybe<ReadonlyArray<ResolversParentTypes['MeetingParticipantInfo']>>, organizer?: Maybe<ResolversParentTypes['MeetingParticipantInfo']> };
  OnlineMeeting: OnlineMeetingModel;
  OnlineMeetingSensitivityLabelAssignment: OnlineMeetingSensitivityLabelAssignment;
  PageInfo: PageInfo;
  Query: Record<PropertyKey, never>;
  Subscription: Record<PropertyKey, never>;
  User: { readonly id: string };
  WatermarkProtectionValues: WatermarkProtectionValues;
}>;

export type AudioConferencingResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AudioConferencing'] = ResolversParentTypes['AudioConferencing']> = ResolversObject<{
  conferenceId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  dialinUrl?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  tollFreeNumber?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  tollFreeNumbers?: Resolver<Maybe<ReadonlyArray<ResolversTypes['String']>>, ParentType, ContextType>;
  tollNumber?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  tollNumbers?: Resolver<Maybe<ReadonlyArray<ResolversTypes['String']>>, ParentType, ContextType>;
}>;

export type BroadcastMeetingCaptionSettingsResolvers<ContextType = Context, ParentType extends ResolversParentTypes['BroadcastMeetingCaptionSettings'] = ResolversParentTypes['BroadcastMeetingCaptionSettings']> = ResolversObject<{
  isCaptionEnabled?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  spokenLanguage?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  translationLanguages?: Resolver<Maybe<ReadonlyArray<ResolversTypes['String']>>, ParentType, ContextType>;
}>;

export type BroadcastMeetingSettingsResolvers<ContextType = Context, ParentType extends ResolversParentTypes['BroadcastMeetingSettings'] = ResolversParentTypes['BroadcastMeetingSettings']> = ResolversObject<{
  allowedAudience?: Resolver<Maybe<ResolversTypes['BroadcastMeetingAudience']>, ParentType, ContextType>;
  captions?: Resolver<Maybe<ResolversTypes['BroadcastMeetingCaptionSettings']>, ParentType, ContextType>;
  isAttendeeReportEnabled?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  isQuestionAndAnswerEnabled?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  isRecordingEnabled?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  isVideoOnDemandEnabled?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
}>;

export type CallRecordingResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CallRecording'] = ResolversParentTypes['CallRecording'], FederationReferenceType extends FederationReferenceTypes['CallRecording'] = FederationReferenceTypes['CallRecording']> = ResolversObject<{
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['CallRecording']> | FederationReferenceType, FederationReferenceType, ContextType>;
  callId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  content?: Resolver<Maybe<ResolversTypes['CallRecordingContent']>, ParentType, ContextType, Partial<CallRecordingContentArgs>>;
  contentCorrelationId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  createdDateTime?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  endDateTime?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  meeting?: Resolver<Maybe<ResolversTypes['OnlineMeeting']>, ParentType, ContextType>;
  meetingId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  meetingOrganizer?: Resolver<Maybe<ResolversTypes['IdentitySet']>, ParentType, ContextType>;
  meetingOrganizerId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  recordingContentUrl?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
}>;

export type CallRecordingConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CallRecordingConnection'] = ResolversParentTypes['CallRecordingConnection']> = ResolversObject<{
  edges?: Resolver<ReadonlyArray<ResolversTypes['CallRecordingEdge']>, ParentType, ContextType>;
  nodes?: Resolver<ReadonlyArray<ResolversTypes['CallRecording']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
}>;

export type CallRecordingContentResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CallRecordingContent'] = ResolversParentTypes['CallRecordingContent']> = ResolversObject<{
  contentType?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  expirationDateTime?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  size?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  url?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
}>;

export type CallRecordingDeltaResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CallRecordingDelta'] = ResolversParentTypes['CallRecordingDelta']> = ResolversObject<{
  added?: Resolver<ReadonlyArray<ResolversTypes['CallRecording']>, ParentType, ContextType>;
  behind?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  hasMore?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  resync?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  token?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
}>;

export type CallRecordingEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CallRecordingEdge'] = ResolversParentTypes['CallRecordingEdge']> = ResolversObject<{
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['CallRecording'], ParentType, ContextType>;
}>;

export type ChatInfoResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ChatInfo'] = ResolversParentTypes['ChatInfo']> = ResolversObject<{
  messageId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  replyChainMessageId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  threadId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
}>;

export type ChatRestrictionsResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ChatRestrictions'] = ResolversParentTypes['ChatRestrictions']> = ResolversObject<{
  allowTextOnly?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
}>;

export type CloudVideoInteropInfoResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CloudVideoInteropInfo'] = ResolversParentTypes['CloudVideoInteropInfo']> = ResolversObject<{
  moreInfoWebUrl?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  tenantKey?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  videoTeleconferenceId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
}>;

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export type IdentityResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Identity'] = ResolversParentTypes['Identity']> = ResolversObject<{
  applicationIdentityType?: Resolver<Maybe<ResolversTypes['TeamworkApplicationIdentityType']>, ParentType, ContextType>;
  conversationIdentityType?: Resolver<Maybe<ResolversTypes['TeamworkConversationIdentityType']>, ParentType, ContextType>;
  displayName?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  email?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  id?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  tenantId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  user?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  userIdentityType?: Resolver<Maybe<ResolversTypes['TeamworkUserIdentityType']>, ParentType, ContextType>;
  userPrincipalName?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
}>;

export type IdentitySetResolvers<ContextType = Context, ParentType extends ResolversParentTypes['IdentitySet'] = ResolversParentTypes['IdentitySet']> = ResolversObject<{
  application?: Resolver<Maybe<ResolversTypes['Identity']>, ParentType, ContextType>;
  applicationInstance?: Resolver<Maybe<ResolversTypes['Identity']>, ParentType, ContextType>;
  assertedIdentity?: Resolver<Maybe<ResolversTypes['Identity']>, ParentType, ContextType>;
  azureCommunicationServicesUser?: Resolver<Maybe<ResolversTypes['Identity']>, ParentType, ContextType>;
  conversation?: Resolver<Maybe<ResolversTypes['Identity']>, ParentType, ContextType>;
  device?: Resolver<Maybe<ResolversTypes['Identity']>, ParentType, ContextType>;
  encrypted?: Resolver<Maybe<ResolversTypes['Identity']>, ParentType, ContextType>;
  guest?: Resolver<Maybe<ResolversTypes['Identity']>, ParentType, ContextType>;
  onPremises?: Resolver<Maybe<ResolversTypes['Identity']>, ParentType, ContextType>;
  phone?: Resolver<Maybe<ResolversTypes['Identity']>, ParentType, ContextType>;
  user?: Resolver<Maybe<ResolversTypes['Identity']>, ParentType, ContextType>;
}>;

export type ItemBodyResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ItemBody'] = ResolversParentTypes['ItemBody']> = ResolversObject<{
  content?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  contentType?: Resolver<Maybe<ResolversTypes['BodyType']>, ParentType, ContextType>;
}>;

export type JoinMeetingIdSettingsResolvers<ContextType = Context, ParentType extends ResolversParentTypes['JoinMeetingIdSettings'] = ResolversParentTypes['JoinMeetingIdSettings']> = ResolversObject<{
  isPasscodeRequired?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  joinMeetingId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  passcode?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
}>;

export type LobbyBypassSettingsResolvers<ContextType = Context, ParentType extends ResolversParentTypes['LobbyBypassSettings'] = ResolversParentTypes['LobbyBypassSettings']> = ResolversObject<{
  isDialInBypassEnabled?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  scope?: Resolver<Maybe<ResolversTypes['LobbyBypassScope']>, ParentType, ContextType>;
}>;

export type MeetingParticipantInfoResolvers<ContextType = Context, ParentType extends ResolversParentTypes['MeetingParticipantInfo'] = ResolversParentTypes['MeetingParticipantInfo']> = ResolversObject<{
  identity?: Resolver<Maybe<ResolversTypes['IdentitySet']>, ParentType, ContextType>;
  role?: Resolver<Maybe<ResolversTypes['OnlineMeetingRole']>, ParentType, ContextType>;
  upn?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
}>;

export type MeetingParticipantsResolvers<ContextType = Context, ParentType extends ResolversParentTypes['MeetingParticipants'] = ResolversParentTypes['MeetingParticipants']> = ResolversObject<{
  attendees?: Resolver<Maybe<ReadonlyArray<ResolversTypes['MeetingParticipantInfo']>>, ParentType, ContextType>;
  organizer?: Resolver<Maybe<ResolversTypes['MeetingParticipantInfo']>, ParentType, ContextType>;
}>;

export type OnlineMeetingResolvers<ContextType = Context, ParentType extends ResolversParentTypes['OnlineMeeting'] = ResolversParentTypes['OnlineMeeting'], FederationReferenceType extends FederationReferenceTypes['OnlineMeeting'] = FederationReferenceTypes['OnlineMeeting']> = ResolversObject<{
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['OnlineMeeting']> | FederationReferenceType, FederationReferenceType, ContextType>;
  allowAttendeeToEnableCamera?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  allowAttendeeToEnableMic?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  allowBreakoutRooms?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  allowCopyingAndSharingMeetingContent?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  allowLiveShare?: Resolver<Maybe<ResolversTypes['MeetingLiveShareOptions']>, ParentType, ContextType>;
  allowMeetingChat?: Resolver<Maybe<ResolversTypes['MeetingChatMode']>, ParentType, ContextType>;
  allowParticipantsToChangeName?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  allowPowerPointSharing?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  allowRecording?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  allowTeamworkReactions?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  allowTranscription?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  allowWhiteboard?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  allowedLobbyAdmitters?: Resolver<Maybe<ResolversTypes['AllowedLobbyAdmitterRoles']>, ParentType, ContextType>;
  allowedPresenters?: Resolver<Maybe<ResolversTypes['OnlineMeetingPresenters']>, ParentType, ContextType>;
  audioConferencing?: Resolver<Maybe<ResolversTypes['AudioConferencing']>, ParentType, ContextType>;
  broadcastSettings?: Resolver<Maybe<ResolversTypes['BroadcastMeetingSettings']>, ParentType, ContextType>;
  chatInfo?: Resolver<Maybe<ResolversTypes['ChatInfo']>, ParentType, ContextType>;
  chatRestrictions?: Resolver<Maybe<ResolversTypes['ChatRestrictions']>, ParentType, ContextType>;
  cloudVideoInteropInfo?: Resolver<Maybe<ResolversTypes['CloudVideoInteropInfo']>, ParentType, ContextType>;
  creationDateTime?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  endDateTime?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  expiryDateTime?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  externalId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  isBroadcast?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  isEndToEndEncryptionEnabled?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  isEntryExitAnnounced?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  joinInformation?: Resolver<Maybe<ResolversTypes['ItemBody']>, ParentType, ContextType>;
  joinMeetingIdSettings?: Resolver<Maybe<ResolversTypes['JoinMeetingIdSettings']>, ParentType, ContextType>;
  joinWebUrl?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  lobbyBypassSettings?: Resolver<Maybe<ResolversTypes['LobbyBypassSettings']>, ParentType, ContextType>;
  meetingOptionsWebUrl?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  meetingSpokenLanguageTag?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  meetingTemplateId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  meetingType?: Resolver<Maybe<ResolversTypes['OnlineMeetingType']>, ParentType, ContextType>;
  organizerId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  participants?: Resolver<Maybe<ResolversTypes['MeetingParticipants']>, ParentType, ContextType>;
  recordAutomatically?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  recordings?: Resolver<ResolversTypes['CallRecordingConnection'], ParentType, ContextType, Partial<OnlineMeetingRecordingsArgs>>;
  sensitivityLabelAssignment?: Resolver<Maybe<ResolversTypes['OnlineMeetingSensitivityLabelAssignment']>, ParentType, ContextType>;
  shareMeetingChatHistoryDefault?: Resolver<Maybe<ResolversTypes['MeetingChatHistoryDefaultMode']>, ParentType, ContextType>;
  startDateTime?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  subject?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  videoTeleconferenceId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  watermarkProtection?: Resolver<Maybe<ResolversTypes['WatermarkProtectionValues']>, ParentType, ContextType>;
}>;

export type OnlineMeetingSensitivityLabelAssignmentResolvers<ContextType = Context, ParentType extends ResolversParentTypes['OnlineMeetingSensitivityLabelAssignment'] = ResolversParentTypes['OnlineMeetingSensitivityLabelAssignment']> = ResolversObject<{
  sensitivityLabelId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
}>;

export type PageInfoResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = ResolversObject<{
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  hasPreviousPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  startCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
}>;

export type QueryResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = ResolversObject<{
  callRecording?: Resolver<Maybe<ResolversTypes['CallRecording']>, ParentType, ContextType, RequireFields<QueryCallRecordingArgs, 'id' | 'meetingId' | 'meetingOrganizerId'>>;
  callRecordingDelta?: Resolver<ResolversTypes['CallRecordingDelta'], ParentType, ContextType, RequireFields<QueryCallRecordingDeltaArgs, 'meetingOrganizerId'>>;
  callRecordings?: Resolver<ResolversTypes['CallRecordingConnection'], ParentType, ContextType, RequireFields<QueryCallRecordingsArgs, 'meetingOrganizerId'>>;
  onlineMeeting?: Resolver<Maybe<ResolversTypes['OnlineMeeting']>, ParentType, ContextType, RequireFields<QueryOnlineMeetingArgs, 'id' | 'organizerId'>>;
  onlineMeetingByJoinMeetingId?: Resolver<Maybe<ResolversTypes['OnlineMeeting']>, ParentType, ContextType, RequireFields<QueryOnlineMeetingByJoinMeetingIdArgs, 'joinMeetingId' | 'organizerId'>>;
  onlineMeetingByJoinWebUrl?: Resolver<Maybe<ResolversTypes['OnlineMeeting']>, ParentType, ContextType, RequireFields<QueryOnlineMeetingByJoinWebUrlArgs, 'joinWebUrl' | 'organizerId'>>;
  onlineMeetingByVideoTeleconferenceId?: Resolver<Maybe<ResolversTypes['OnlineMeeting']>, ParentType, ContextType, RequireFields<QueryOnlineMeetingByVideoTeleconferenceIdArgs, 'videoTeleconferenceId'>>;
  user?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType, RequireFields<QueryUserArgs, 'id'>>;
}>;

export type SubscriptionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Subscription'] = ResolversParentTypes['Subscription']> = ResolversObject<{
  callRecordingDelta?: SubscriptionResolver<ResolversTypes['CallRecordingDelta'], "callRecordingDelta", ParentType, ContextType, RequireFields<SubscriptionCallRecordingDeltaArgs, 'meetingOrganizerId'>>;
}>;

export type UserResolvers<ContextType = Context, ParentType extends ResolversParentTypes['User'] = ResolversParentTypes['User'], FederationReferenceType extends FederationReferenceTypes['User'] = FederationReferenceTypes['User']> = ResolversObject<{
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['User']> | FederationReferenceType, FederationReferenceType, ContextType>;
  callRecordings?: Resolver<ResolversTypes['CallRecordingConnection'], ParentType, ContextType, Partial<UserCallRecordingsArgs>>;
  displayName?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  onlineMeeting?: Resolver<Maybe<ResolversTypes['OnlineMeeting']>, ParentType, ContextType, RequireFields<UserOnlineMeetingArgs, 'id'>>;
  userPrincipalName?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
}>;

export type WatermarkProtectionValuesResolvers<ContextType = Context, ParentType extends ResolversParentTypes['WatermarkProtectionValues'] = ResolversParentTypes['WatermarkProtectionValues']> = ResolversObject<{
  isEnabledForContentSharing?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  isEnabledForVideo?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
}>;

export type Resolvers<ContextType = Context> = ResolversObject<{
  AudioConferencing?: AudioConferencingResolvers<ContextType>;
  BroadcastMeetingCaptionSettings?: BroadcastMeetingCaptionSettingsResolvers<ContextType>;
  BroadcastMeetingSettings?: BroadcastMeetingSettingsResolvers<ContextType>;
  CallRecording?: CallRecordingResolvers<ContextType>;
  CallRecordingConnection?: CallRecordingConnectionResolvers<ContextType>;
  CallRecordingContent?: CallRecordingContentResolvers<ContextType>;
  CallRecordingDelta?: CallRecordingDeltaResolvers<ContextType>;
  CallRecordingEdge?: CallRecordingEdgeResolvers<ContextType>;
  ChatInfo?: ChatInfoResolvers<ContextType>;
  ChatRestrictions?: ChatRestrictionsResolvers<ContextType>;
  CloudVideoInteropInfo?: CloudVideoInteropInfoResolvers<ContextType>;
  DateTime?: GraphQLScalarType;
  Identity?: IdentityResolvers<ContextType>;
  IdentitySet?: IdentitySetResolvers<ContextType>;
  ItemBody?: ItemBodyResolvers<ContextType>;
  JoinMeetingIdSettings?: JoinMeetingIdSettingsResolvers<ContextType>;
  LobbyBypassSettings?: LobbyBypassSettingsResolvers<ContextType>;
  MeetingParticipantInfo?: MeetingParticipantInfoResolvers<ContextType>;
  MeetingParticipants?: MeetingParticipantsResolvers<ContextType>;
  OnlineMeeting?: OnlineMeetingResolvers<ContextType>;
  OnlineMeetingSensitivityLabelAssignment?: OnlineMeetingSensitivityLabelAssignmentResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  Subscription?: SubscriptionResolvers<ContextType>;
  User?: UserResolvers<ContextType>;
  WatermarkProtectionValues?: WatermarkProtectionValuesResolvers<ContextType>;
}>;

