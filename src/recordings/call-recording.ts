import { createHash } from 'node:crypto';
import { readCallRecording } from '../msgraph/call-recording.ts';
import type { CallRecordingResource } from '../msgraph/call-recording.ts';

/** Where Graph keeps a recording, and how it is addressed here. */
export interface CallRecordingAddress {
  readonly meetingOrganizerId: string;
  readonly meetingId: string;
  readonly id: string;
}

/** A recording as our clients see it: Graph's, and whose meeting it is of. */
export interface CallRecording extends CallRecordingResource {
  readonly meetingId: string | null;
  readonly meetingOrganizerId: string;
}

/**
 * Makes a recording of Graph's reply to a request for `organizerId`, and for one meeting where `meetingId` is not null.
 * The address fills in what the reply leaves out. Throws a `GraphError` when the reply is no callRecording.
 */
export function toCallRecording(value: unknown, organizerId: string, meetingId: string | null): CallRecording {
  const resource = readCallRecording(value);
  return {
    ...resource,
    meetingId: resource.meetingId ?? meetingId,
    meetingOrganizerId: resource.meetingOrganizer?.user?.id ?? organizerId,
  };
}

/** What tells a recording from all others of its organizer, as a SHA-256. The id alone is unique within its meeting only. */
export function digestOf({ meetingId, id }: CallRecording): Buffer {
  return createHash('sha256')
    .update(JSON.stringify([meetingId, id]))
    .digest();
}
