/** Resolvers of `Identity`. */
import { directoryId } from '../../recordings/identity.ts';
import type { IdentityResolvers } from '../resolvers.generated.ts';

export const Identity: IdentityResolvers = {
  displayName: (identity, _, { recordings }) => recordings.displayName(identity),
  user: ({ [directoryId]: id }) => (id ? { id } : null),
};
