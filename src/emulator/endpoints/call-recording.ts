/** The endpoints of callRecording. */
import { pathUser, requireInvitation, requirePermission } from '../authorization.ts';
import type { Requirement } from '../authorization.ts';
import { parseDateTime } from '../date-time.ts';
import { badRequest, notFound } from '../graph-error.ts';
import { json } from '../http/exchange.ts';
import type { GraphAnswer, GraphCall } from '../http/exchange.ts';
import { encodeSegment, quoteKey, splitTarget } from '../path.ts';
import type { Settings } from '../settings.ts';
import { guid, number, pick } from '../tenant/seeded.ts';
import type { Meeting, Recording, Tenant, User } from '../tenant/tenant.ts';
import { collection, continuationOf, nextLink, versionRoot } from './page.ts';
import { selected } from './select.ts';

/** The permissions to read recordings: https://learn.microsoft.com/en-us/graph/permissions-reference */
export const readRecordings: Requirement = {
  delegated: ['OnlineMeetingRecording.Read.All'],
  application: ['OnlineMeetingRecording.Read.All'],
};

/** The permissions to read the recordings of all meetings of an organizer: only an application's own token has them. */
const readAllRecordings: Requirement = { ...readRecordings, delegated: [] };

export interface RecordingInPath {
  readonly user: User;
  readonly meeting: Meeting;
  readonly recording: Recording;
}

/** The recordings of one organizer in one window of time, as selected by the parameters of getAllRecordings. */
export interface Selection {
  readonly organizer: User;
  /** The URL of the function with these parameters, with which links begin. */
  readonly url: string;
  readonly includes: (recording: Recording) => boolean;
}

/** The endpoints of callRecording: https://learn.microsoft.com/en-us/graph/api/resources/callrecording */
export interface CallRecordings {
  readonly list: (call: GraphCall) => GraphAnswer;
  readonly get: (call: GraphCall) => GraphAnswer;
  readonly getAll: (call: GraphCall) => GraphAnswer;
  /** The recording in a path. Throws a GraphError when there is none, or when the caller may not see it. */
  readonly find: (call: GraphCall) => RecordingInPath;
  /** Parses the parameters of getAllRecordings. Throws a GraphError when they are wrong or forbidden to the caller. */
  readonly select: (call: GraphCall) => Selection;
  /** A recording as getAllRecordings and delta print it. `root` is the origin and version with which links begin. */
  readonly printInAll: (root: string, recording: Recording) => Readonly<Record<string, unknown>>;
}

/** Serves the recordings of a tenant. */
export function createCallRecordings(tenant: Tenant, settings: Settings): CallRecordings {
  function findMeeting(call: GraphCall): { readonly user: User; readonly meeting: Meeting } {
    requirePermission(call.caller, readRecordings);
    const user = pathUser(call, tenant, settings);
    const meetingId = call.path.keys.at(call.path.shape.startsWith('me') ? 0 : 1) ?? '';
    const meeting = tenant.meeting(meetingId);
    if (meeting === undefined) {
      throw notFound(`Meeting '${meetingId}' does not exist or has expired.`);
    }
    requireInvitation(call.caller, user, meeting);
    return { user, meeting };
  }

  function find(call: GraphCall): RecordingInPath {
    const { user, meeting } = findMeeting(call);
    const id = call.path.keys.at(-1) ?? '';
    const recording = tenant.recordingsOfMeeting(meeting.id).find((candidate) => candidate.id === id);
    if (recording === undefined) {
      throw notFound(`Recording '${id}' does not exist in this meeting.`);
    }
    return { user, meeting, recording };
  }

  function select(call: GraphCall): Selection {
    requirePermission(call.caller, readAllRecordings);
    const user = pathUser(call, tenant, settings);
    const { parameters } = call.path;
    const organizerId = parameters.get('meetingorganizeruserid') ?? organizerInFilter(call);
    const organizer = tenant.user(organizerId);
    if (organizer?.id !== user.id) {
      throw badRequest(`The organizer '${organizerId}' is not the user in the path.`);
    }
    const start = instant(parameters, 'startDateTime');
    const end = instant(parameters, 'endDateTime');
    const names = [
      `meetingOrganizerUserId=${quoteKey(organizerId).slice(1, -1)}`,
      ...(start === undefined ? [] : [`startDateTime=${start.given}`]),
      ...(end === undefined ? [] : [`endDateTime=${end.given}`]),
    ];
    const base = `${versionRoot(call)}/users/${encodeSegment(user.id)}/onlineMeetings`;
    return {
      organizer,
      url: `${base}/getAllRecordings(${names.join(',')})`,
      includes: ({ createdDateTime }) =>
        (start === undefined || createdDateTime > start.comparable) &&
        (end === undefined || createdDateTime < end.comparable),
    };
  }

  function print(root: string, recording: Recording, odataType: string): Readonly<Record<string, unknown>> {
    const { id, meetingId, organizerId, createdDateTime, endDateTime } = recording;
    const key = [tenant.seed, id];
    return {
      id,
      meetingId,
      callId: number(8, 'has call', ...key) === 0 ? null : guid('call', ...key),
      contentCorrelationId: contentCorrelationId(recording, tenant.seed),
      createdDateTime,
      endDateTime,
      recordingContentUrl: recordingContentUrl(root, recording, tenant.seed),
      meetingOrganizer: {
        application: null,
        device: null,
        user: {
          ...(number(3, 'typed', ...key) === 0 ? {} : { '@odata.type': odataType }),
          id: organizerId,
          displayName: null,
          // Enumerations grow: some recordings have a member that no metadata names yet.
          userIdentityType: number(16, 'kind', ...key) === 0 ? 'sharedMailboxUser' : 'aadUser',
          tenantId: tenant.id,
        },
      },
    };
  }

  const printInMeeting = (root: string, recording: Recording): Readonly<Record<string, unknown>> =>
    print(root, recording, '#Microsoft.Teams.GraphSvc.teamworkUserIdentity');

  const printInAll = (root: string, recording: Recording): Readonly<Record<string, unknown>> => ({
    '@odata.type': '#microsoft.graph.callRecording',
    ...print(root, recording, '#microsoft.graph.teamworkUserIdentity'),
  });

  /** Answers with one page. The fault of `$top` loses everything after the first. */
  function answerPage(
    call: GraphCall,
    list: { readonly context: string; readonly url: string; readonly recordings: readonly Recording[] },
    printItem: typeof printInAll,
  ): GraphAnswer {
    const { offset, top } = continuationOf(call);
    const end = offset + (top ?? settings.pageSize);
    const more = end < list.recordings.length && !(top !== null && settings.dropNextLinkWithTop);
    return json(
      collection(call, {
        context: list.context,
        values: list.recordings.slice(offset, end).map((recording) => printItem(versionRoot(call), recording)),
        ...(more ? { nextLink: nextLink(list.url, { offset: end, top }) } : {}),
      }),
    );
  }

  return {
    find,
    select,
    printInAll,

    list(call) {
      const { user, meeting } = findMeeting(call);
      return answerPage(
        call,
        {
          context: `users${quoteKey(user.id)}/onlineMeetings${quoteKey(meeting.id)}/recordings`,
          url: `${call.request.origin}${splitTarget(call.request.target).rawPath}`,
          recordings: tenant.recordingsOfMeeting(meeting.id),
        },
        printInMeeting,
      );
    },

    get(call) {
      const { user, meeting, recording } = find(call);
      const context = `users${quoteKey(user.id)}/onlineMeetings${quoteKey(meeting.id)}/recordings/$entity`;
      return json({
        '@odata.context': `${versionRoot(call)}/$metadata#${context}`,
        ...selected(call, printInMeeting(versionRoot(call), recording)),
      });
    },

    getAll(call) {
      const { organizer, url, includes } = select(call);
      const recordings = tenant.recordingsOfOrganizer(organizer.id).filter(includes);
      return answerPage(call, { context: 'Collection(callRecording)', url, recordings }, printInAll);
    },
  };
}

function organizerInFilter(call: GraphCall): string {
  const match = /^\s*MeetingOrganizer\/User\/Id\s+eq\s+'((?:[^']|'')*)'\s*$/i.exec(call.path.query.get('filter') ?? '');
  if (match === null) {
    throw badRequest(
      "getAllRecordings requires the function parameter meetingOrganizerUserId or a $filter of the form MeetingOrganizer/User/Id eq '{id}'.",
    );
  }
  return (match[1] ?? '').replaceAll("''", "'");
}

function instant(
  parameters: ReadonlyMap<string, string>,
  name: 'startDateTime' | 'endDateTime',
): { readonly given: string; readonly comparable: string } | undefined {
  const given = parameters.get(name.toLowerCase());
  if (given === undefined) {
    return undefined;
  }
  const comparable = parseDateTime(given);
  if (comparable === undefined) {
    throw badRequest(`The value '${given}' of ${name} is not a valid Edm.DateTimeOffset.`);
  }
  return { given: encodeURIComponent(given).replaceAll('%3A', ':'), comparable };
}

/** A GUID alone, followed by a number, or followed by the recording's time: so it is a string, not a GUID. */
function contentCorrelationId({ id, createdDateTime }: Recording, seed: string): string {
  const correlation = guid('correlation', seed, id);
  const time = createdDateTime.slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '_');
  return pick([correlation, `${correlation}-0`, `${correlation}-${time}`], 'correlation form', seed, id);
}

/** One of the four forms that Graph has been seen to print. Only one of them can be requested as it is. */
function recordingContentUrl(root: string, { id, meetingId, organizerId }: Recording, seed: string): string {
  const meeting = `users/${encodeSegment(organizerId)}/onlineMeetings/${encodeSegment(meetingId)}`;
  const bracketed = `users${quoteKey(organizerId)}/onlineMeetings${quoteKey(meetingId)}`;
  return pick(
    [
      `${root}/${meeting}/recordings/${encodeSegment(id)}/content`,
      `${root}/$metadata#${bracketed}/recordings/${quoteKey(id)}/content`,
      `communications/onlineMeetings/${encodeSegment(meetingId)}/recordings/${encodeSegment(id)}/content`,
      `${root}/${meeting}/recordings/${encodeSegment(id)}`,
    ],
    'content url',
    seed,
    id,
  );
}
