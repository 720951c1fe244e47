import { z } from 'zod';
import { askBelowOnlineMeeting } from '../ahead.ts';
import { pageArguments } from '../page-arguments.ts';
import { representation } from '../representation.ts';
import type { OnlineMeetingResolvers } from '../resolvers.generated.ts';

const key = z.object({ organizerId: z.string(), id: z.string() });
const keyOfLink = z.object({ organizerId: z.string(), joinWebUrl: z.string() });

export const OnlineMeeting: OnlineMeetingResolvers = {
  __resolveReference(reference, { recordings }, info) {
    if ('joinWebUrl' in reference && !('id' in reference)) {
      const { organizerId, joinWebUrl } = representation(keyOfLink, reference);
      return recordings.onlineMeetingByJoinWebUrl(organizerId, joinWebUrl);
    }
    const address = representation(key, reference);
    askBelowOnlineMeeting(address, recordings, info);
    return recordings.onlineMeeting(address);
  },
  recordings: (meeting, page, { recordings }) => recordings.callRecordingsOfMeeting(meeting, pageArguments(page)),
};
