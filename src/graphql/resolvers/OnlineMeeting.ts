import { z } from 'zod';
import { pageArguments } from '../page-arguments.ts';
import { representation } from '../representation.ts';
import type { OnlineMeetingResolvers } from '../resolvers.generated.ts';

const key = z.object({ organizerId: z.string(), id: z.string() });

export const OnlineMeeting: OnlineMeetingResolvers = {
  __resolveReference: (reference, { recordings }) => recordings.onlineMeeting(representation(key, reference)),
  recordings: (meeting, page, { recordings }) => recordings.callRecordingsOfMeeting(meeting, pageArguments(page)),
};
