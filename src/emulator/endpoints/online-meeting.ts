/** The endpoints of onlineMeeting. */
import { pathUser, requireInvitation, requireOrganizer, requirePermission } from '../authorization.ts';
import type { Requirement } from '../authorization.ts';
import { badRequest, notFound } from '../graph-error.ts';
import { json } from '../http/exchange.ts';
import type { GraphAnswer, GraphCall } from '../http/exchange.ts';
import { quoteKey } from '../path.ts';
import type { Settings } from '../settings.ts';
import { hex, number } from '../tenant/seeded.ts';
import type { Meeting, Tenant, User } from '../tenant/tenant.ts';
import { collection, versionRoot } from './page.ts';
import { selected } from './select.ts';

/** The permissions to read meetings: https://learn.microsoft.com/en-us/graph/api/onlinemeeting-get */
const readMeetings: Requirement = {
  delegated: ['OnlineMeetings.Read', 'OnlineMeetings.ReadWrite'],
  application: ['OnlineMeetings.Read.All', 'OnlineMeetings.ReadWrite.All'],
};

/** The endpoints of onlineMeeting. */
export interface OnlineMeetings {
  readonly get: (call: GraphCall) => GraphAnswer;
  /** Finds a meeting by its join link or its join number. There is no list without a filter. */
  readonly find: (call: GraphCall) => GraphAnswer;
  /** Finds a meeting by its id for conferencing devices. For applications only, which need no access policy for it. */
  readonly findInTenant: (call: GraphCall) => GraphAnswer;
}

/** Serves the meetings of a tenant. */
export function createOnlineMeetings(tenant: Tenant, settings: Settings): OnlineMeetings {
  function answerFound(call: GraphCall, context: string, meetings: readonly Meeting[]): GraphAnswer {
    return json(
      collection(call, { context, values: meetings.map((meeting) => selected(call, print(call, tenant, meeting))) }),
    );
  }

  return {
    get(call) {
      requirePermission(call.caller, readMeetings);
      const user = pathUser(call, tenant, settings);
      const id = call.path.keys.at(-1) ?? '';
      const meeting = tenant.meeting(id);
      if (meeting === undefined) {
        throw notFound(`Meeting '${id}' does not exist or has expired.`);
      }
      requireInvitation(call.caller, user, meeting);
      return json({
        '@odata.context': `${versionRoot(call)}/$metadata#${contextOf(user)}/$entity`,
        ...selected(call, print(call, tenant, meeting)),
      });
    },

    find(call) {
      requirePermission(call.caller, readMeetings);
      const user = pathUser(call, tenant, settings);
      const filter = equality(call);
      if (filter.name === 'joinweburl') {
        const found = tenant.meetings.filter((meeting) => meeting.joinWebUrl === filter.value);
        found.forEach((meeting) => requireOrganizer(call.caller, user, meeting));
        return answerFound(call, contextOf(user), found);
      }
      if (filter.name === 'joinmeetingidsettings/joinmeetingid') {
        const found = tenant.meetings.filter((meeting) => meeting.joinMeetingId === filter.value);
        found.forEach((meeting) => requireInvitation(call.caller, user, meeting));
        return answerFound(call, contextOf(user), found);
      }
      throw badRequest('Meetings can be filtered only by JoinWebUrl or joinMeetingIdSettings/joinMeetingId.');
    },

    findInTenant(call) {
      requirePermission(call.caller, { ...readMeetings, delegated: [] });
      const filter = equality(call);
      if (filter.name !== 'videoteleconferenceid') {
        throw badRequest('Under /communications, meetings can be filtered only by VideoTeleconferenceId.');
      }
      const found = tenant.meetings.filter(({ videoTeleconferenceId }) => videoTeleconferenceId === filter.value);
      return answerFound(call, 'communications/onlineMeetings', found);
    },
  };
}

function contextOf(user: User): string {
  return `users${quoteKey(user.id)}/onlineMeetings`;
}

function equality(call: GraphCall): { readonly name: string; readonly value: string } {
  const filter = call.path.query.get('filter');
  if (filter === undefined) {
    throw badRequest('The query option $filter is required: meetings cannot be listed.');
  }
  const match = /^\s*([\w/]+)\s+eq\s+'((?:[^']|'')*)'\s*$/iu.exec(filter);
  if (match === null) {
    throw badRequest(`The $filter "${filter}" must have the form Name eq 'value'.`);
  }
  return { name: (match[1] ?? '').toLowerCase(), value: (match[2] ?? '').replaceAll("''", "'") };
}

function print(call: GraphCall, tenant: Tenant, meeting: Meeting): Readonly<Record<string, unknown>> {
  const key = [tenant.seed, meeting.id];
  const isPlain = number(4, 'plain', ...key) !== 0;
  return {
    id: meeting.id,
    creationDateTime: meeting.startDateTime,
    startDateTime: meeting.startDateTime,
    endDateTime: meeting.endDateTime,
    subject: meeting.subject,
    joinWebUrl: meeting.joinWebUrl,
    joinMeetingIdSettings: {
      isPasscodeRequired: isPlain,
      joinMeetingId: meeting.joinMeetingId,
      passcode: passcode(key, isPlain),
    },
    joinInformation: joinInformation(call, meeting),
    videoTeleconferenceId: meeting.videoTeleconferenceId,
    chatInfo: { threadId: meeting.threadId, messageId: '0', replyChainMessageId: null },
    participants: participants(tenant, meeting),
    meetingType: 'scheduled',
    isBroadcast: false,
    broadcastSettings: null,
    externalId: null,
    meetingTemplateId: null,
    expiryDateTime: null,
    meetingSpokenLanguageTag: 'en-us',
    meetingOptionsWebUrl: `https://teams.microsoft.com/meetingOptions/?threadId=${encodeURIComponent(meeting.threadId)}`,
    audioConferencing: audioConferencing(key, isPlain),
    // https://learn.microsoft.com/en-us/graph/api/resources/lobbybypasssettings
    lobbyBypassSettings: {
      scope: evolving(call, isPlain ? 'organization' : 'invited', ['invited']),
      isDialInBypassEnabled: false,
    },
    allowedPresenters: number(16, 'presenters', ...key) === 0 ? 'roleIsInterpreter' : 'everyone',
    allowedLobbyAdmitters: 'organizerAndCoOrganizersAndPresenters',
    allowMeetingChat: 'enabled',
    allowLiveShare: 'enabled',
    shareMeetingChatHistoryDefault: 'none',
    allowAttendeeToEnableCamera: true,
    allowAttendeeToEnableMic: true,
    allowBreakoutRooms: true,
    allowCopyingAndSharingMeetingContent: true,
    allowParticipantsToChangeName: false,
    allowPowerPointSharing: true,
    allowRecording: true,
    allowTeamworkReactions: true,
    allowTranscription: true,
    allowWhiteboard: true,
    recordAutomatically: !isPlain,
    isEntryExitAnnounced: false,
    isEndToEndEncryptionEnabled: false,
    chatRestrictions: null,
    cloudVideoInteropInfo: null,
    sensitivityLabelAssignment: null,
    watermarkProtection: { isEnabledForContentSharing: false, isEnabledForVideo: false },
    // Not in the metadata: the type is open, and Teams adds members of its own.
    autoAdmittedUsers: 'everyoneInCompany',
  };
}

function passcode(key: readonly string[], isRequired: boolean): string | null {
  return isRequired ? hex(6, 'passcode', ...key) : null;
}

function audioConferencing(key: readonly string[], isBought: boolean): Readonly<Record<string, unknown>> | null {
  const conferenceId = String(number(900_000_000, 'conference', ...key) + 100_000_000);
  return isBought
    ? {
        conferenceId,
        tollNumber: '+1 555 0100',
        tollFreeNumber: null,
        tollNumbers: ['+1 555 0100', '+44 1632 960100'],
        tollFreeNumbers: [],
        dialinUrl: `https://dialin.teams.microsoft.com/usp/pstnconferencing?id=${conferenceId}`,
      }
    : null;
}

/** The text of the invitation as a data URI, in German if the client prefers that, otherwise in English. */
function joinInformation(call: GraphCall, meeting: Meeting): Readonly<Record<string, unknown>> {
  const isGerman = /^\s*de\b/i.test(call.request.headers['accept-language'] ?? '');
  const words = isGerman ? 'An der Besprechung teilnehmen' : 'Join the meeting';
  const html = `<div><a href="${meeting.joinWebUrl}">${words}</a></div>`;
  return { content: `data:text/html,${encodeURIComponent(html)}`, contentType: 'html' };
}

function participants(tenant: Tenant, meeting: Meeting): Readonly<Record<string, unknown>> {
  const attendees = meeting.attendeeIds.map((id) => participant(tenant, id, 'attendee'));
  // Some meetings have a guest without an account in the tenant.
  const guest = {
    identity: { user: null, guest: { id: null, displayName: 'Visitor', email: 'visitor@harbour.example' } },
    role: 'attendee',
    upn: null,
  };
  return {
    organizer: participant(tenant, meeting.organizerId, 'presenter'),
    attendees: number(4, 'guest', tenant.seed, meeting.id) === 0 ? [...attendees, guest] : attendees,
    contributors: [],
    producers: [],
  };
}

function participant(tenant: Tenant, id: string, role: string): Readonly<Record<string, unknown>> {
  return {
    identity: { user: { id, displayName: null, tenantId: tenant.id, identityProvider: 'AAD' } },
    role,
    upn: tenant.user(id)?.userPrincipalName ?? null,
  };
}

/**
 * A member of an evolvable enumeration: those that were added after its `unknownFutureValue` are sent as that, unless
 * the client requests them.
 * https://learn.microsoft.com/en-us/graph/best-practices-concept#handling-future-members-in-evolvable-enumerations
 */
function evolving(call: GraphCall, member: string, later: readonly string[]): string {
  const isAsked = (call.request.headers['prefer'] ?? '').includes('include-unknown-enum-members');
  return later.includes(member) && !isAsked ? 'unknownFutureValue' : member;
}
