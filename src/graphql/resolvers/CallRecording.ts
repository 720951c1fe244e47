/** Resolvers of `CallRecording`. */
import { z } from 'zod';
import { askForCallRecording, askForOnlineMeeting } from '../ahead.ts';
import { representation } from '../representation.ts';
import type { CallRecordingResolvers } from '../resolvers.generated.ts';

const key = z.object({ meetingOrganizerId: z.string(), meetingId: z.string(), id: z.string() });

export const CallRecording: CallRecordingResolvers = {
  __resolveReference: (reference, context, info) => askForCallRecording(representation(key, reference), context, info),
  content: (recording, { expiresInSeconds }, { contents }) => contents.link(recording, expiresInSeconds ?? null),
  meeting: ({ meetingOrganizerId: organizerId, meetingId }, _, context, info) =>
    meetingId === null ? null : askForOnlineMeeting({ organizerId, id: meetingId }, context, info),
};
