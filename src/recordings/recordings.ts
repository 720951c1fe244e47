/**
 * Recordings, meetings and users, as one operation of one caller loads them. Each object is loaded once per operation,
 * and concurrent loads share a batch.
 */
import type { Operation } from '../msgraph/operation.ts';
import {
  callRecordingPath,
  getAllRecordingsDeltaPath,
  getAllRecordingsPath,
  onlineMeetingPath,
  onlineMeetingsByJoinMeetingIdPath,
  onlineMeetingsByJoinWebUrlPath,
  onlineMeetingsByVideoTeleconferenceIdPath,
  recordingsPath,
  userPath,
} from '../msgraph/path.ts';
import { readUser } from '../msgraph/resources/user.ts';
import type { UserResource } from '../msgraph/resources/user.ts';
import type { Cache } from './cache.ts';
import { toCallRecording } from './call-recording.ts';
import type { CallRecording, CallRecordingAddress } from './call-recording.ts';
import { toDelta, toDeltas } from './call-recording-delta.ts';
import type { CallRecordingDelta } from './call-recording-delta.ts';
import type { Since } from './delta/feed-event.ts';
import type { Feed } from './delta/feed.ts';
import type { DeltaTokens } from './delta/position.ts';
import type { Freshness } from './freshness.ts';
import { requireNamedOrganizer } from './graph-clients.ts';
import type { GraphClients } from './graph-clients.ts';
import { directoryId } from './identity.ts';
import type { Identity } from './identity.ts';
import { beginningOfPage, readCallRecordings } from './list.ts';
import type { CallRecordingList, CallRecordingPage, PageArguments } from './list.ts';
import { requestOnce, createLoads } from './loader.ts';
import { toOnlineMeeting } from './online-meeting.ts';
import type { OnlineMeeting, OnlineMeetingAddress } from './online-meeting.ts';
import type { Seal } from './seal.ts';

/** The window of time in which recordings were created. */
export interface CreatedWindow {
  readonly startDateTime?: string | null;
  readonly endDateTime?: string | null;
}

export interface RecordingsParts {
  /** The clients for single objects. */
  readonly own: GraphClients;
  /** The clients of the application, for what Graph offers to applications only; null if there is none. */
  readonly application: GraphClients | null;
  readonly operation: Operation;
  readonly seal: Seal;
  /** The change feed. It makes its requests as the application. */
  readonly feed: Feed;
  /** Seals and opens its positions as tokens. */
  readonly tokens: DeltaTokens;
  /** The cache of meetings and users; null without one. */
  readonly cache: Cache | null;
  readonly freshness: Freshness;
}

/**
 * What an operation can load. A single object that Graph does not know is null. Every function throws or rejects with
 * what `Policy` throws, with the errors of `GraphClient.get`, and with an `InputError` for invalid arguments.
 */
export interface Recordings {
  callRecording(address: CallRecordingAddress): Promise<CallRecording | null>;
  onlineMeeting(address: OnlineMeetingAddress): Promise<OnlineMeeting | null>;
  onlineMeetingByJoinWebUrl(organizerId: string, joinWebUrl: string): Promise<OnlineMeeting | null>;
  onlineMeetingByJoinMeetingId(organizerId: string, joinMeetingId: string): Promise<OnlineMeeting | null>;
  onlineMeetingByVideoTeleconferenceId(videoTeleconferenceId: string): Promise<OnlineMeeting | null>;
  /** A user in the directory; null also if Graph denies access to it. */
  directoryUser(id: string): Promise<UserResource | null>;
  /** The display name of an identity that the caller sees already; null if Graph denies access to the user. */
  displayName(identity: Identity): Promise<string | null>;
  /** All recordings of the meetings that a user organized. */
  callRecordingsOfOrganizer(
    organizerId: string,
    window: CreatedWindow,
    page: PageArguments,
  ): Promise<CallRecordingPage>;
  callRecordingsOfMeeting(meeting: OnlineMeetingAddress, page: PageArguments): Promise<CallRecordingPage>;
  /** Prefetches the beginning of such a page with one request to Graph. Resolves when it has arrived. */
  prefetchCallRecordingsOfMeeting(meeting: OnlineMeetingAddress, page: PageArguments): Promise<unknown>;
  /** The recordings added since a token, since `now` or, with null, ever. Rejects also as `Feed.ask` does. */
  callRecordingDelta(organizerId: string, since: string | null, mayResync: boolean): Promise<CallRecordingDelta>;
  /** The same, then new recordings as they are added, until the signal aborts. Access errors are thrown at once. */
  callRecordingDeltas(
    organizerId: string,
    since: string | null,
    signal: AbortSignal,
  ): AsyncIterable<CallRecordingDelta>;
}

/** Graph offers something to applications only, and the gateway may not make requests as one. */
export class ApplicationOnlyError extends Error {
  override readonly name = 'ApplicationOnlyError';
}

/** Creates the recordings for one operation or subscription event. Used longer, they return outdated results. */
export function createRecordings(parts: RecordingsParts): Recordings {
  const { operation, seal, feed, tokens, freshness } = parts;
  const own = requestOnce(parts.own);
  const application = parts.application && requestOnce(parts.application);
  const { policy } = own;
  const loads = createLoads(parts);

  const allowRecording = ({ meetingOrganizer }: CallRecording): void => requireNamedOrganizer(policy, meetingOrganizer);

  const callRecordings = loads.loaderOf<CallRecordingAddress, CallRecording>(own, {
    pathOf: ({ meetingOrganizerId, meetingId, id }) => callRecordingPath(meetingOrganizerId, meetingId, id),
    resource: null,
    read: (body, { meetingOrganizerId, meetingId }) => toCallRecording(body, meetingOrganizerId, meetingId),
    allow: allowRecording,
  });
  const onlineMeetings = loads.loaderOf<OnlineMeetingAddress, OnlineMeeting>(own, {
    pathOf: ({ organizerId, id }) => onlineMeetingPath(organizerId, id),
    resource: 'onlineMeeting',
    read: (body, { organizerId }) => toOnlineMeeting(body, organizerId),
    allow: ({ participants }) => requireNamedOrganizer(policy, participants?.organizer?.identity),
  });
  const directoryUsers = loads.loaderOf<string, UserResource>(own, {
    pathOf: userPath,
    resource: 'user',
    read: readUser,
    absent: [403, 404],
  });

  function onlyMeeting(clients: GraphClients, path: string, organizerId: string | null): Promise<OnlineMeeting | null> {
    return loads.loadOnly(clients, path, {
      resource: 'onlineMeeting',
      read: (body) => toOnlineMeeting(body, organizerId),
      allow: ({ participants }) => requireNamedOrganizer(clients.policy, participants?.organizer?.identity),
    });
  }

  function asApplication(what: string): GraphClients {
    if (application !== null) return application;
    throw new ApplicationOnlyError(
      `Microsoft Graph offers ${what} only to applications, but this gateway calls Microsoft Graph on behalf of its callers. The operator can allow it with ON_BEHALF_OF_APPLICATION=true.`,
    );
  }

  function listOfMeeting({ organizerId, id }: OnlineMeetingAddress): CallRecordingList {
    policy.requireOrganizer(organizerId);
    return {
      path: recordingsPath(organizerId, id),
      toCallRecording(item) {
        const recording = toCallRecording(item, organizerId, id);
        allowRecording(recording);
        return recording;
      },
    };
  }

  /** The pages read so far. Below each of many recordings of one meeting the same page is selected. */
  const pages = new Map<string, Promise<CallRecordingPage>>();

  /** Reads a page of a list. New recordings must be visible at once, so the response is not cached. */
  function readPage(clients: GraphClients, list: CallRecordingList, page: PageArguments): Promise<CallRecordingPage> {
    freshness.notCached();
    // Neither a number nor a path has spaces.
    const key = `${page.first} ${list.path} ${page.after ?? ''}`;
    const read = pages.get(key) ?? readCallRecordings(clients.client, operation, seal, list, page);
    pages.set(key, read);
    return read;
  }

  /** Where a client begins. Throws if it may not. */
  function beginning(organizerId: string, since: string | null): Since {
    freshness.notCached();
    asApplication('change tracking for an organizer').policy.requireOrganizer(organizerId);
    // Here an invalid id is the mistake of the caller. In a round it would be a failure of the feed.
    getAllRecordingsDeltaPath(organizerId);
    if (since === null) return 'beginning';
    return since === 'now' ? since : tokens.open(organizerId, since);
  }

  return {
    callRecording(address) {
      policy.requireOrganizer(address.meetingOrganizerId);
      return callRecordings(address);
    },
    onlineMeeting(address) {
      policy.requireOrganizer(address.organizerId);
      return onlineMeetings(address);
    },
    async onlineMeetingByJoinWebUrl(organizerId, joinWebUrl) {
      policy.requireOrganizer(organizerId);
      return onlyMeeting(own, onlineMeetingsByJoinWebUrlPath(organizerId, joinWebUrl), organizerId);
    },
    async onlineMeetingByJoinMeetingId(organizerId, joinMeetingId) {
      policy.requireOrganizer(organizerId);
      return onlyMeeting(own, onlineMeetingsByJoinMeetingIdPath(organizerId, joinMeetingId), organizerId);
    },
    async onlineMeetingByVideoTeleconferenceId(videoTeleconferenceId) {
      const clients = asApplication('the lookup of meetings by video teleconference id');
      clients.policy.requireTenant();
      return onlyMeeting(clients, onlineMeetingsByVideoTeleconferenceIdPath(videoTeleconferenceId), null);
    },
    directoryUser(id) {
      policy.requireOrganizer(id);
      return directoryUsers(id);
    },
    async displayName({ displayName, [directoryId]: id }) {
      if (typeof displayName === 'string' || !id) return displayName ?? null;
      // Graph omits the name from every response about recordings, so it is read from the directory.
      return (await directoryUsers(id))?.displayName ?? null;
    },
    async callRecordingsOfOrganizer(organizerId, window, page) {
      const clients = asApplication('all recordings of an organizer');
      clients.policy.requireOrganizer(organizerId);
      const path = getAllRecordingsPath(organizerId, window);
      const list = { path, toCallRecording: (item: unknown) => toCallRecording(item, organizerId, null) };
      return readPage(clients, list, page);
    },
    callRecordingsOfMeeting: async (meeting, page) => readPage(own, listOfMeeting(meeting), page),
    prefetchCallRecordingsOfMeeting: async (meeting, { after }) =>
      own.client.get(beginningOfPage(seal, listOfMeeting(meeting), after), operation),
    async callRecordingDelta(organizerId, given, mayResync) {
      const since = beginning(organizerId, given);
      return toDelta(tokens, organizerId, await feed.ask({ organizerId, since, mayResync, operation }));
    },
    callRecordingDeltas(organizerId, given, signal) {
      const since = beginning(organizerId, given);
      return toDeltas(tokens, organizerId, feed.listen(organizerId, since, signal));
    },
  };
}
