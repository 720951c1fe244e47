/** Resolvers of `OnlineMeeting`. */
import { z } from 'zod';
import { pageArguments } from '../arguments/page-arguments.ts';
import { representation } from '../arguments/representation.ts';
import { loadOnlineMeeting } from '../prefetch/prefetch.ts';
import type { OnlineMeetingResolvers } from '../resolvers.generated.ts';

const key = z.object({ organizerId: z.string(), id: z.string() });
const keyOfLink = z.object({ organizerId: z.string(), joinWebUrl: z.string() });

export const OnlineMeeting: OnlineMeetingResolvers = {
  __resolveReference(reference, context, info) {
    if ('joinWebUrl' in reference && !('id' in reference)) {
      const { organizerId, joinWebUrl } = representation(keyOfLink, reference);
      return context.recordings.onlineMeetingByJoinWebUrl(organizerId, joinWebUrl);
    }
    return loadOnlineMeeting(representation(key, reference), context, info);
  },
  recordings: (meeting, page, { recordings }) => recordings.callRecordingsOfMeeting(meeting, pageArguments(page)),
};
