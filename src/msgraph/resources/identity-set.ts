/** The readers of identitySet and its identities: https://learn.microsoft.com/en-us/graph/api/resources/identityset */
import { complex, enumeration, text } from './resource.ts';
import type { Of } from './resource.ts';

/**
 * The members of every type that derives from `identity`. The types are open and `@odata.type` does not name them
 * reliably: it may be absent, or a name that only the service itself knows. Only the member of the set is reliable.
 */
export const identity = complex({
  applicationIdentityType: enumeration,
  conversationIdentityType: enumeration,
  displayName: text,
  email: text,
  id: text,
  tenantId: text,
  // https://learn.microsoft.com/en-us/graph/api/resources/teamworkuseridentity
  userIdentityType: enumeration,
  userPrincipalName: text,
});

export const identitySet = complex({
  application: identity,
  applicationInstance: identity,
  assertedIdentity: identity,
  azureCommunicationServicesUser: identity,
  conversation: identity,
  device: identity,
  encrypted: identity,
  guest: identity,
  onPremises: identity,
  phone: identity,
  user: identity,
});

export type IdentitySet = NonNullable<Of<typeof identitySet>>;
export type Identity = NonNullable<Of<typeof identity>>;
