/** Resolvers of `IdentitySet`. */
import { toUserIdentity } from '../../recordings/identity.ts';
import type { IdentitySetResolvers } from '../resolvers.generated.ts';

export const IdentitySet: IdentitySetResolvers = {
  user: ({ user }) => toUserIdentity(user),
};
