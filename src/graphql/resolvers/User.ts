/** Resolvers of `User`. */
import { z } from 'zod';
import { askForOnlineMeeting } from '../ahead.ts';
import { createdWindow } from '../created-window.ts';
import { pageArguments } from '../page-arguments.ts';
import { representation } from '../representation.ts';
import type { UserResolvers } from '../resolvers.generated.ts';

const key = z.object({ id: z.string() });

export const User: UserResolvers = {
  __resolveReference: (reference) => representation(key, reference),
  callRecordings: ({ id }, { first, after, ...window }, { recordings }) =>
    recordings.callRecordingsOfOrganizer(id, createdWindow(window), pageArguments({ first, after })),
  displayName: async ({ id }, _, { recordings }) => (await recordings.directoryUser(id))?.displayName ?? null,
  onlineMeeting: ({ id: organizerId }, { id }, context, info) =>
    askForOnlineMeeting({ organizerId, id }, context, info),
  userPrincipalName: async ({ id }, _, { recordings }) =>
    (await recordings.directoryUser(id))?.userPrincipalName ?? null,
};
