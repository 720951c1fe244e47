/** A caller as stored in a link, which is opened later and without a token. */
import { z } from 'zod';
import { ANYBODY } from './caller.ts';
import type { Caller } from './caller.ts';

const known = {
  tenantId: z.string(),
  objectId: z.string(),
  roles: z.array(z.string()),
  expiresAtMs: z.number(),
};

const linkedCaller = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('anybody') }),
  z.object({ kind: z.literal('application'), ...known }),
  z.object({ kind: z.literal('user'), ...known, tokenKey: z.string().nullable() }),
]);

/** A caller without their token. */
export type LinkedCaller = z.output<typeof linkedCaller>;

/**
 * Serializes a caller, with only the role that the policy uses. `tokenKey` says where a user's token is stored; it is
 * null where the token is not needed. A link never contains the token itself.
 */
export function writeLinkedCaller(caller: Caller, tenantRole: string, tokenKey: string | null): string {
  if (caller.kind === 'anybody') return JSON.stringify(caller satisfies LinkedCaller);
  const { tenantId, objectId, expiresAtMs } = caller;
  const common = { tenantId, objectId, expiresAtMs, roles: caller.roles.has(tenantRole) ? [tenantRole] : [] };
  const linked: LinkedCaller =
    caller.kind === 'user' ? { kind: 'user', ...common, tokenKey } : { kind: 'application', ...common };
  return JSON.stringify(linked);
}

/** Parses the output of `writeLinkedCaller`. Throws for any other text. */
export function readLinkedCaller(text: string): LinkedCaller {
  return linkedCaller.parse(JSON.parse(text));
}

/** Restores the caller; a user receives `token`, the one that was stored for them. */
export function toCaller(linked: LinkedCaller, token: string): Caller {
  if (linked.kind === 'anybody') return ANYBODY;
  const { tenantId, objectId, expiresAtMs } = linked;
  const common = { tenantId, objectId, expiresAtMs, roles: new Set(linked.roles) };
  return linked.kind === 'user' ? { kind: 'user', ...common, token } : { kind: 'application', ...common };
}
