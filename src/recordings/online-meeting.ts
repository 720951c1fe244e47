/** A meeting as clients see it: Graph's data, and through whom it was found. */
import { GraphError } from '../msgraph/error.ts';
import { readOnlineMeeting } from '../msgraph/resources/online-meeting.ts';
import type { OnlineMeetingResource } from '../msgraph/resources/online-meeting.ts';

/** The address of a meeting in Graph and in this gateway. */
export interface OnlineMeetingAddress {
  /** The user through whom the meeting is found: its organizer, or an attendee. */
  readonly organizerId: string;
  readonly id: string;
}

/** A meeting as clients see it: Graph's resource, and the user through whom it was found. */
export interface OnlineMeeting extends OnlineMeetingResource {
  readonly organizerId: string;
}

/**
 * Creates a meeting from Graph's response to a request for the user `organizerId`; null if the request named no user,
 * and then the organizer is read from the response. Throws a `GraphError` if the response is no onlineMeeting, or names
 * no organizer.
 */
export function toOnlineMeeting(value: unknown, organizerId: string | null): OnlineMeeting {
  const resource = readOnlineMeeting(value);
  const organizer = organizerId ?? resource.participants?.organizer?.identity?.user?.id ?? null;
  if (organizer === null) {
    throw new GraphError(
      'Microsoft Graph returned an onlineMeeting without an organizer, so the gateway cannot request more data about it.',
      {
        reason: 'malformed',
      },
    );
  }
  return { ...resource, organizerId: organizer };
}
