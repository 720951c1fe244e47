import { z } from 'zod';
import { representation } from '../representation.ts';
import type { CallRecordingResolvers } from '../resolvers.generated.ts';

const key = z.object({ meetingOrganizerId: z.string(), meetingId: z.string(), id: z.string() });

export const CallRecording: CallRecordingResolvers = {
  __resolveReference: (reference, { recordings }) => recordings.callRecording(representation(key, reference)),
  content: (recording, { expiresInSeconds }, { contents }) => contents.link(recording, expiresInSeconds ?? null),
  meeting: ({ meetingOrganizerId, meetingId }, _, { recordings }) =>
    meetingId === null ? null : recordings.onlineMeeting({ organizerId: meetingOrganizerId, id: meetingId }),
};
