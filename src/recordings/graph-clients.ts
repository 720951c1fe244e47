/** The clients for Graph with one credential, and what a caller may see through them. */
import type { GraphClient } from '../msgraph/client.ts';
import type { ContentClient } from '../msgraph/content/content-client.ts';
import type { IdentitySet } from '../msgraph/resources/identity-set.ts';
import type { Credential } from './cache.ts';

/** What a caller may see. Both functions throw an error if access is denied. */
export interface Policy {
  /** Objects of one organizer. */
  requireOrganizer(organizerId: string): void;
  /** Objects whose organizer is unknown. */
  requireTenant(): void;
}

/** The clients that call Graph with one credential, and what the caller may see through them. */
export interface GraphClients {
  readonly client: GraphClient;
  readonly content: ContentClient;
  readonly credential: Credential;
  readonly policy: Policy;
}

/**
 * Requires access to the organizer that Graph names in a response, or to the tenant if it names none. Called for
 * responses to requests under a user id, because Graph also answers under the id of an attendee. Throws what `Policy`
 * throws.
 */
export function requireNamedOrganizer(policy: Policy, organizer: IdentitySet | null | undefined): void {
  const id = organizer?.user?.id;
  if (id) policy.requireOrganizer(id);
  else policy.requireTenant();
}
