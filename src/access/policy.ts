/** Whose recordings a caller may see, decided before anything is asked of Graph. */
import type { Caller } from './caller.ts';
import { AccessError } from './error.ts';

export interface PolicySettings {
  /** The app role whose holders see the recordings of the whole tenant. */
  readonly tenantRole: string;
  /** Organizers whose recordings every authenticated caller may see, by object id. */
  readonly sharedOrganizers: readonly string[];
}

/** What one caller may see. Every function throws an `AccessError`, always the same, for what they may not. */
export interface Policy {
  /** What belongs to one organizer: their recordings, their meetings, their entry in the directory. */
  requireOrganizer(organizerId: string): void;
  /** What cannot be told to belong to somebody before it is read. */
  requireTenant(): void;
}

function deny(): never {
  throw new AccessError(
    'There is no such thing, or the caller may not see it. A user sees what they organized themselves.',
  );
}

/** The policy where Graph is asked on behalf of the caller, and decides itself what they may see. */
export const graphDecides: Policy = { requireOrganizer() {}, requireTenant() {} };

/**
 * The policy for a caller where the gateway reads Graph as an application, which Graph lets read everything: a user sees
 * what they organize, a holder of the tenant role sees the tenant, and shared organizers are seen by all.
 */
export function createPolicy(caller: Caller, settings: PolicySettings): Policy {
  const seesTenant = caller.kind === 'anybody' || caller.roles.has(settings.tenantRole);
  // Ids in Entra ID are GUIDs, which are the same in either case: https://www.rfc-editor.org/rfc/rfc9562#section-4
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
