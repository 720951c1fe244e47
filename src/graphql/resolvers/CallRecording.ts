/** Resolvers of `CallRecording`. */
import { z } from 'zod';
import { representation } from '../arguments/representation.ts';
import { loadCallRecording, loadOnlineMeeting } from '../prefetch/prefetch.ts';
import type { CallRecordingResolvers } from '../resolvers.generated.ts';

const key = z.object({ meetingOrganizerId: z.string(), meetingId: z.string(), id: z.string() });

export const CallRecording: CallRecordingResolvers = {
  __resolveReference: (reference, context, info) => loadCallRecording(representation(key, reference), context, info),
  content: (recording, { expiresInSeconds }, { contents }) => contents.link(recording, expiresInSeconds ?? null),
  meeting: ({ meetingOrganizerId: organizerId, meetingId }, _, context, info) =>
    meetingId === null ? null : loadOnlineMeeting({ organizerId, id: meetingId }, context, info),
};
