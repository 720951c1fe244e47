import { z } from 'zod';
import { askForCallRecording, askForOnlineMeeting } from '../ahead.ts';
import { representation } from '../representation.ts';
import type { CallRecordingResolvers } from '../resolvers.generated.ts';

const key = z.object({ meetingOrganizerId: z.string(), meetingId: z.string(), id: z.string() });

export const CallRecording: CallRecordingResolvers = {
  __resolveReference: (reference, { recordings }, info) =>
    askForCallRecording(representation(key, reference), recordings, info),
  content: (recording, { expiresInSeconds }, { contents }) => contents.link(recording, expiresInSeconds ?? null),
  meeting: ({ meetingOrganizerId: organizerId, meetingId }, _, { recordings }, info) =>
    meetingId === null ? null : askForOnlineMeeting({ organizerId, id: meetingId }, recordings, info),
};
