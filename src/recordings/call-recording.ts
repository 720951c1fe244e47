/** A recording as clients see it: Graph's data, and its organizer. */
import { createHash } from 'node:crypto';
import { readCallRecording } from '../msgraph/resources/call-recording.ts';
import type { CallRecordingResource } from '../msgraph/resources/call-recording.ts';

/** The address of a recording in Graph and in this gateway. */
export interface CallRecordingAddress {
  readonly meetingOrganizerId: string;
  readonly meetingId: string;
  readonly id: string;
}

/** A recording as clients see it: Graph's resource, its meeting and the meeting's organizer. */
export interface CallRecording extends CallRecordingResource {
  readonly meetingId: string | null;
  readonly meetingOrganizerId: string;
}

/**
 * Creates a recording from Graph's response to a request for `organizerId`, and for one meeting if `meetingId` is not
 * null. The address fills in what the response omits. Throws a `GraphError` if the response is no callRecording.
 */
export function toCallRecording(value: unknown, organizerId: string, meetingId: string | null): CallRecording {
  const resource = readCallRecording(value);
  return {
    ...resource,
    meetingId: resource.meetingId ?? meetingId,
    meetingOrganizerId: resource.meetingOrganizer?.user?.id ?? organizerId,
  };
}

/** A SHA-256 that identifies a recording of an organizer. The id alone is unique within its meeting only. */
export function digestOf({ meetingId, id }: CallRecording): Buffer {
  return createHash('sha256')
    .update(JSON.stringify([meetingId, id]))
    .digest();
}
