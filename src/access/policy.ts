/** Decides whose recordings a caller may see. */
import type { Caller } from './caller.ts';
import { AccessError } from './error.ts';

export interface PolicySettings {
  /** The app role whose holders see the recordings of the whole tenant. */
  readonly tenantRole: string;
  /** Organizers whose recordings every authenticated caller may see, by object id. */
  readonly sharedOrganizers: readonly string[];
}

/** What one caller may see. Every function throws the same `AccessError` when access is denied. */
export interface Policy {
  /** Requires access to everything of one organizer: their recordings, their meetings, their entry in the directory. */
  requireOrganizer(organizerId: string): void;
  /** Requires access to the whole tenant, for resources whose organizer is unknown before they are read. */
  requireTenant(): void;
}

function deny(): never {
  throw new AccessError(
    'The object does not exist, or the caller has no access to it. Users have access to what they organized themselves.',
  );
}

/** The policy for requests on behalf of the caller, for which Graph itself decides what they may see. */
export const graphDecides: Policy = { requireOrganizer() {}, requireTenant() {} };

/**
 * The policy for a caller where the gateway reads Graph as an application, which may read everything. A user sees what
 * they organize, a caller with the tenant role sees the whole tenant, and every caller sees the shared organizers.
 */
export function createPolicy(caller: Caller, settings: PolicySettings): Policy {
  const seesTenant = caller.kind === 'anybody' || caller.roles.has(settings.tenantRole);
  // Ids in Entra ID are GUIDs, whose letter case is irrelevant: https://www.rfc-editor.org/rfc/rfc9562#section-4
  const organizers = new Set(settings.sharedOrganizers.map((id) => id.toLowerCase()));
  if (caller.kind === 'user') organizers.add(caller.objectId.toLowerCase());
  return {
    requireOrganizer(organizerId) {
      if (!seesTenant && !organizers.has(organizerId.toLowerCase())) deny();
    },
    requireTenant() {
      if (!seesTenant) deny();
    },
  };
}
