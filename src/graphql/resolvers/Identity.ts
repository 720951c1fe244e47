import type { IdentityResolvers } from '../resolvers.generated.ts';

export const Identity: IdentityResolvers = {
  displayName: (identity, _, { recordings }) => recordings.displayName(identity),
  user: ({ directoryId }) => (directoryId ? { id: directoryId } : null),
};
