/**
 * Recordings, meetings and users, as one operation of one caller asks for them. What is asked twice is loaded once; what
 * is asked in the same moment leaves together.
 */
import DataLoader from 'dataloader';
import type { GraphClient } from '../msgraph/client.ts';
import { pages } from '../msgraph/collection.ts';
import { GraphError } from '../msgraph/error.ts';
import type { Operation } from '../msgraph/operation.ts';
import {
  callRecordingPath,
  getAllRecordingsPath,
  onlineMeetingPath,
  onlineMeetingsByJoinMeetingIdPath,
  onlineMeetingsByJoinWebUrlPath,
  onlineMeetingsByVideoTeleconferenceIdPath,
  recordingsPath,
  userPath,
} from '../msgraph/path.ts';
import { readUser } from '../msgraph/user.ts';
import type { UserResource } from '../msgraph/user.ts';
import { toCallRecording } from './call-recording.ts';
import type { CallRecording, CallRecordingAddress } from './call-recording.ts';
import { readCallRecordings } from './list.ts';
import type { CallRecordingPage, PageArguments } from './list.ts';
import { toOnlineMeeting } from './online-meeting.ts';
import type { OnlineMeeting, OnlineMeetingAddress } from './online-meeting.ts';
import type { Seal } from './seal.ts';

/** The window of time in which recordings were created. */
export interface CreatedWindow {
  readonly startDateTime?: string | null;
  readonly endDateTime?: string | null;
}

/**
 * What can be asked. A single thing that Graph does not know is null. Every function rejects with the errors of
 * `GraphClient.get`, and with an `InputError` when what the caller gave cannot be asked.
 */
export interface Recordings {
  callRecording(address: CallRecordingAddress): Promise<CallRecording | null>;
  onlineMeeting(address: OnlineMeetingAddress): Promise<OnlineMeeting | null>;
  onlineMeetingByJoinWebUrl(organizerId: string, joinWebUrl: string): Promise<OnlineMeeting | null>;
  onlineMeetingByJoinMeetingId(organizerId: string, joinMeetingId: string): Promise<OnlineMeeting | null>;
  onlineMeetingByVideoTeleconferenceId(videoTeleconferenceId: string): Promise<OnlineMeeting | null>;
  /** What the directory says of a user; null also where it may not be asked. */
  directoryUser(id: string): Promise<UserResource | null>;
  /** All recordings of the meetings that a user organized. */
  callRecordingsOfOrganizer(
    organizerId: string,
    window: CreatedWindow,
    page: PageArguments,
  ): Promise<CallRecordingPage>;
  callRecordingsOfMeeting(meeting: OnlineMeetingAddress, page: PageArguments): Promise<CallRecordingPage>;
}

/** Creates what one operation asks through. It lives as long as the operation, or as one event of a subscription: longer, and it answers what was true before. */
export function createRecordings(client: GraphClient, operation: Operation, seal: Seal): Recordings {
  /** Remembers and shares loads by their path. A `null` stands for the statuses in `absent`. */
  function loaderOf<Address, Thing>(
    pathOf: (address: Address) => string,
    read: (body: unknown, address: Address) => Thing,
    absent: readonly number[] = [404],
  ): DataLoader<Address, Thing | null, string> {
    async function load(address: Address): Promise<Thing | null> {
      try {
        return read(await client.get(pathOf(address), operation), address);
      } catch (error) {
        if (error instanceof GraphError && error.status !== null && absent.includes(error.status)) return null;
        throw error;
      }
    }
    return new DataLoader(([address]) => Promise.all(address === undefined ? [] : [load(address)]), {
      cacheKeyFn: pathOf,
      // The client gathers, across loaders and operations; gathered here, each load would wait for the slowest.
      batch: false,
    });
  }

  const callRecordings = loaderOf(
    ({ meetingOrganizerId, meetingId, id }: CallRecordingAddress) =>
      callRecordingPath(meetingOrganizerId, meetingId, id),
    (body, { meetingOrganizerId, meetingId }) => toCallRecording(body, meetingOrganizerId, meetingId),
  );
  const onlineMeetings = loaderOf(
    ({ organizerId, id }: OnlineMeetingAddress) => onlineMeetingPath(organizerId, id),
    (body, { organizerId }) => toOnlineMeeting(body, organizerId),
  );
  const directoryUsers = loaderOf((id: string) => userPath(id), readUser, [403, 404]);

  /** A filter on a unique property answers with a collection of at most one. */
  async function onlyMeeting(path: string, organizerId: string | null): Promise<OnlineMeeting | null> {
    for await (const { items } of pages(client, path, operation)) {
      for (const item of items) return toOnlineMeeting(item, organizerId);
    }
    return null;
  }

  return {
    callRecording: (address) => callRecordings.load(address),
    onlineMeeting: (address) => onlineMeetings.load(address),
    directoryUser: (id) => directoryUsers.load(id),
    onlineMeetingByJoinWebUrl: (organizerId, joinWebUrl) =>
      onlyMeeting(onlineMeetingsByJoinWebUrlPath(organizerId, joinWebUrl), organizerId),
    onlineMeetingByJoinMeetingId: (organizerId, joinMeetingId) =>
      onlyMeeting(onlineMeetingsByJoinMeetingIdPath(organizerId, joinMeetingId), organizerId),
    onlineMeetingByVideoTeleconferenceId: (videoTeleconferenceId) =>
      onlyMeeting(onlineMeetingsByVideoTeleconferenceIdPath(videoTeleconferenceId), null),
    callRecordingsOfOrganizer(organizerId, window, page) {
      const path = getAllRecordingsPath(organizerId, window);
      const list = { path, toCallRecording: (item: unknown) => toCallRecording(item, organizerId, null) };
      return readCallRecordings(client, operation, seal, list, page);
    },
    callRecordingsOfMeeting({ organizerId, id }, page) {
      const path = recordingsPath(organizerId, id);
      const list = { path, toCallRecording: (item: unknown) => toCallRecording(item, organizerId, id) };
      return readCallRecordings(client, operation, seal, list, page);
    },
  };
}
