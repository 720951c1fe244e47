/** Resolvers of `User`. */
import { z } from 'zod';
import { createdWindow } from '../arguments/created-window.ts';
import { pageArguments } from '../arguments/page-arguments.ts';
import { representation } from '../arguments/representation.ts';
import { userId } from '../arguments/user-id.ts';
import { loadOnlineMeeting } from '../prefetch/prefetch.ts';
import type { UserResolvers } from '../resolvers.generated.ts';

const key = z.object({ id: z.string() });

export const User: UserResolvers = {
  __resolveReference: (reference) => ({ id: userId(representation(key, reference).id) }),
  callRecordings: ({ id }, { first, after, ...window }, { recordings }) =>
    recordings.callRecordingsOfOrganizer(id, createdWindow(window), pageArguments({ first, after })),
  displayName: async ({ id }, _, { recordings }) => (await recordings.directoryUser(id))?.displayName ?? null,
  onlineMeeting: ({ id: organizerId }, { id }, context, info) => loadOnlineMeeting({ organizerId, id }, context, info),
  userPrincipalName: async ({ id }, _, { recordings }) =>
    (await recordings.directoryUser(id))?.userPrincipalName ?? null,
};
