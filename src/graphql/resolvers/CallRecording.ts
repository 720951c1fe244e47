import { z } from 'zod';
import { askBelowCallRecording, askBelowOnlineMeeting } from '../ahead.ts';
import { representation } from '../representation.ts';
import type { CallRecordingResolvers } from '../resolvers.generated.ts';

const key = z.object({ meetingOrganizerId: z.string(), meetingId: z.string(), id: z.string() });

export const CallRecording: CallRecordingResolvers = {
  __resolveReference(reference, { recordings }, info) {
    const address = representation(key, reference);
    askBelowCallRecording(address, recordings, info);
    return recordings.callRecording(address);
  },
  content: (recording, { expiresInSeconds }, { contents }) => contents.link(recording, expiresInSeconds ?? null),
  meeting({ meetingOrganizerId, meetingId }, _, { recordings }, info) {
    if (meetingId === null) return null;
    const address = { organizerId: meetingOrganizerId, id: meetingId };
    askBelowOnlineMeeting(address, recordings, info);
    return recordings.onlineMeeting(address);
  },
};
