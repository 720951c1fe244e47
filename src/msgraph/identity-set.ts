/** https://learn.microsoft.com/en-us/graph/api/resources/identityset */
import type { z } from 'zod';
import { complex, enumeration, text } from './resource.ts';

/**
 * The members of every type that derives from `identity`. The types are open and `@odata.type` does not name them
 * reliably: it may be absent, or a name that only the service itself knows. What is reliable is the place in the set.
 */
const identity = complex({
  applicationIdentityType: enumeration('aadApplication', 'bot', 'tenantBot', 'office365Connector', 'outgoingWebhook'),
  conversationIdentityType: enumeration('team', 'channel', 'chat'),
  displayName: text,
  email: text,
  id: text,
  tenantId: text,
  // https://learn.microsoft.com/en-us/graph/api/resources/teamworkuseridentity
  userIdentityType: enumeration(
    'aadUser',
    'onPremiseAadUser',
    'anonymousGuest',
    'federatedUser',
    'personalMicrosoftAccountUser',
    'skypeUser',
    'phoneUser',
    'emailUser',
    'azureCommunicationServicesUser',
  ),
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

export type IdentitySet = NonNullable<z.output<typeof identitySet>>;
export type Identity = NonNullable<z.output<typeof identity>>;
