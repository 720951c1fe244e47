import type { Identity as GraphIdentity } from '../msgraph/identity-set.ts';

export type { IdentitySet } from '../msgraph/identity-set.ts';

/** Under which id the tenant's directory can name an identity. No member of Graph's replies can be taken for it. */
export const directoryId = Symbol('the id in the directory');

/** An identity as our clients see it: Graph's, and under which id the tenant's directory can name it, if it can. */
export interface Identity extends GraphIdentity {
  readonly [directoryId]?: string | null;
}

/** The kinds of user, in lower case, that the tenant's own directory does not know. Whoever is of no kind, or of a new one, may be in it. */
const KINDS_ELSEWHERE = new Set([
  'anonymousguest',
  'azurecommunicationservicesuser',
  'emailuser',
  'federateduser',
  'personalmicrosoftaccountuser',
  'phoneuser',
  'skypeuser',
]);

/** Makes the identity that stands in an identity set's place for users into one that can be looked up by name. */
export function toUserIdentity(identity: GraphIdentity | null | undefined): Identity | null {
  if (!identity) return null;
  const isElsewhere = KINDS_ELSEWHERE.has(identity.userIdentityType?.toLowerCase() ?? '');
  return { ...identity, [directoryId]: isElsewhere ? null : (identity.id ?? null) };
}
