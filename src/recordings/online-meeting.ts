import { GraphError } from '../msgraph/error.ts';
import { readOnlineMeeting } from '../msgraph/online-meeting.ts';
import type { OnlineMeetingResource } from '../msgraph/online-meeting.ts';

/** Where Graph keeps a meeting, and how it is addressed here. */
export interface OnlineMeetingAddress {
  /** The user through whom the meeting is found: its organizer, or somebody invited to it. */
  readonly organizerId: string;
  readonly id: string;
}

/** A meeting as our clients see it: Graph's, and through whom it was found. */
export interface OnlineMeeting extends OnlineMeetingResource {
  readonly organizerId: string;
}

/**
 * Makes a meeting of Graph's reply to a request for the user `organizerId`; null when the request named no user, and then
 * the organizer is read from the reply. Throws a `GraphError` when the reply is no onlineMeeting, or names no organizer.
 */
export function toOnlineMeeting(value: unknown, organizerId: string | null): OnlineMeeting {
  const resource = readOnlineMeeting(value);
  const organizer = organizerId ?? resource.participants?.organizer?.identity?.user?.id ?? null;
  if (organizer === null) {
    throw new GraphError(
      "Microsoft Graph's onlineMeeting names no organizer, so that nothing more can be asked about it.",
      {
        reason: 'malformed',
      },
    );
  }
  return { ...resource, organizerId: organizer };
}
