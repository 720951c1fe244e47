/** An identity as clients see it: Graph's data, and whether the directory can name it. */
import type { Identity as GraphIdentity } from '../msgraph/resources/identity-set.ts';

export type { IdentitySet } from '../msgraph/resources/identity-set.ts';

/** The key of an identity's id in the tenant's directory. As a symbol, it equals no member of Graph's replies. */
export const directoryId = Symbol('the id in the directory');

/** An identity as our clients see it: Graph's data, and its id in the tenant's directory, if that can name it. */
export interface Identity extends GraphIdentity {
  readonly [directoryId]?: string | null;
}

/** Kinds of user, in lower case, that are not in the tenant's directory. Users of no kind or a new one may be in it. */
const KINDS_ELSEWHERE = new Set([
  'anonymousguest',
  'azurecommunicationservicesuser',
  'emailuser',
  'federateduser',
  'personalmicrosoftaccountuser',
  'phoneuser',
  'skypeuser',
]);

/** Adds the directory id, by which a name can be looked up, to the user of an identity set. */
export function toUserIdentity(identity: GraphIdentity | null | undefined): Identity | null {
  if (!identity) return null;
  const isElsewhere = KINDS_ELSEWHERE.has(identity.userIdentityType?.toLowerCase() ?? '');
  return { ...identity, [directoryId]: isElsewhere ? null : (identity.id ?? null) };
}
