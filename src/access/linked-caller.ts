/** A caller as a link remembers them, that is opened later and without a token. */
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

/** A caller without what they prove themselves with. */
export type LinkedCaller = z.output<typeof linkedCaller>;

/**
 * Writes down who a caller is, and of their roles the one that the policy knows. `tokenKey` says where a user's token is
 * kept, null where it is not needed; the token itself does not go into a link.
 */
export function writeLinkedCaller(caller: Caller, tenantRole: string, tokenKey: string | null): string {
  if (caller.kind === 'anybody') return JSON.stringify(caller satisfies LinkedCaller);
  const { tenantId, objectId, expiresAtMs } = caller;
  const common = { tenantId, objectId, expiresAtMs, roles: caller.roles.has(tenantRole) ? [tenantRole] : [] };
  const linked: LinkedCaller =
    caller.kind === 'user' ? { kind: 'user', ...common, tokenKey } : { kind: 'application', ...common };
  return JSON.stringify(linked);
}

/** Reads what `writeLinkedCaller` has written. Throws when it is something else. */
export function readLinkedCaller(text: string): LinkedCaller {
  return linkedCaller.parse(JSON.parse(text));
}

/** The caller again, with the token that was kept for them where there is one. */
export function toCaller(linked: LinkedCaller, token: string): Caller {
  if (linked.kind === 'anybody') return ANYBODY;
  const { tenantId, objectId, expiresAtMs } = linked;
  const common = { tenantId, objectId, expiresAtMs, roles: new Set(linked.roles) };
  return linked.kind === 'user' ? { kind: 'user', ...common, token } : { kind: 'application', ...common };
}
