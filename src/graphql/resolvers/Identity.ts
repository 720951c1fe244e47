import type { IdentityResolvers } from '../resolvers.generated.ts';

export const Identity: IdentityResolvers = {
  // Graph leaves the name out of every reply about recordings, so that the directory is asked for it.
  async displayName({ displayName, directoryId }, _, { recordings }) {
    if (displayName !== null || !directoryId) return displayName;
    const user = await recordings.directoryUser(directoryId);
    return user?.displayName ?? null;
  },
};
