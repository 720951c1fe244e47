/** Resolvers of `Query`. */
import { createdWindow } from '../arguments/created-window.ts';
import { pageArguments } from '../arguments/page-arguments.ts';
import { userId } from '../arguments/user-id.ts';
import { loadCallRecording, loadOnlineMeeting } from '../prefetch/prefetch.ts';
import type { QueryResolvers } from '../resolvers.generated.ts';

export const Query: QueryResolvers = {
  callRecording: (_, address, context, info) => loadCallRecording(address, context, info),
  callRecordingDelta: (_, { meetingOrganizerId, since, resync }, { recordings }) =>
    recordings.callRecordingDelta(meetingOrganizerId, since ?? null, resync ?? false),
  callRecordings: (_, { meetingOrganizerId, first, after, ...window }, { recordings }) =>
    recordings.callRecordingsOfOrganizer(meetingOrganizerId, createdWindow(window), pageArguments({ first, after })),
  onlineMeeting: (_, address, context, info) => loadOnlineMeeting(address, context, info),
  onlineMeetingByJoinWebUrl: (_, { organizerId, joinWebUrl }, { recordings }) =>
    recordings.onlineMeetingByJoinWebUrl(organizerId, joinWebUrl),
  onlineMeetingByJoinMeetingId: (_, { organizerId, joinMeetingId }, { recordings }) =>
    recordings.onlineMeetingByJoinMeetingId(organizerId, joinMeetingId),
  onlineMeetingByVideoTeleconferenceId: (_, { videoTeleconferenceId }, { recordings }) =>
    recordings.onlineMeetingByVideoTeleconferenceId(videoTeleconferenceId),
  user: (_, { id }) => ({ id: userId(id) }),
};
