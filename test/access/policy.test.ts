import { describe, expect, it } from 'vitest';
import { ANYBODY } from '../../src/access/caller.ts';
import type { Caller } from '../../src/access/caller.ts';
import { AccessError } from '../../src/access/error.ts';
import { createPolicy, graphDecides } from '../../src/access/policy.ts';
import type { Policy } from '../../src/access/policy.ts';

const OWN = 'aaaaaaaa-1111-4000-8000-000000000001';
const SHARED = 'bbbbbbbb-2222-4000-8000-000000000002';
const OTHER = 'cccccccc-3333-4000-8000-000000000003';

const settings = { tenantRole: 'Recordings.Read.Tenant', sharedOrganizers: [SHARED] };
const known = { tenantId: 'dddddddd-4444-4000-8000-000000000004', expiresAtMs: 0, objectId: OWN };

const noRole = new Set<string>();
const tenantRole = new Set(['Recordings.Read.Tenant']);
const otherRoles = new Set(['recordings.read.tenant', 'Recordings.Read']);
const user = { ...known, kind: 'user', token: 'token', roles: noRole } as const;
const application = { ...known, kind: 'application', roles: noRole } as const;

const EVERYTHING = { own: true, shared: true, other: true };
const NOT_OTHERS = { own: true, shared: true, other: false };
const ONLY_SHARED = { own: false, shared: true, other: false };

const callers: readonly [string, Caller, typeof EVERYTHING][] = [
  ['anybody', ANYBODY, EVERYTHING],
  ['a user', user, NOT_OTHERS],
  ['a user with other roles', { ...user, roles: otherRoles }, NOT_OTHERS],
  ['a user with the role', { ...user, roles: tenantRole }, EVERYTHING],
  ['an application', application, ONLY_SHARED],
  ['an application with other roles', { ...application, roles: otherRoles }, ONLY_SHARED],
  ['an application with the role', { ...application, roles: tenantRole }, EVERYTHING],
];

/** Whether a policy allows something. Any error other than AccessError is rethrown. */
function passes(check: () => void): boolean {
  try {
    check();
    return true;
  } catch (error) {
    if (error instanceof AccessError) return false;
    throw error;
  }
}

const sees = (policy: Policy, organizerId: string): boolean => passes(() => policy.requireOrganizer(organizerId));

describe('The data of an organizer', () => {
  it.each(callers)('is visible to %s exactly as far as the policy allows', (_who, caller, seen) => {
    const policy = createPolicy(caller, settings);
    expect({ own: sees(policy, OWN), shared: sees(policy, SHARED), other: sees(policy, OTHER) }).toEqual(seen);
  });

  it('is visible in whatever letter case the organizer, the caller and the setting are written', () => {
    const upper = { ...user, objectId: OWN.toUpperCase() };
    for (const caller of [user, upper]) {
      const policy = createPolicy(caller, { ...settings, sharedOrganizers: [SHARED.toUpperCase()] });
      for (const id of [OWN, OWN.toUpperCase(), SHARED, SHARED.toUpperCase()]) expect(sees(policy, id)).toBe(true);
    }
  });

  it.each(['', OWN.slice(0, -1), `${OWN} `, 'me'])('is not visible under a malformed id: %j', (organizerId) => {
    expect(sees(createPolicy(user, settings), organizerId)).toBe(false);
  });
});

it.each(callers)('Data of an unknown organizer is visible to %s only with tenant access', (_who, caller, { other }) => {
  expect(passes(() => createPolicy(caller, settings).requireTenant())).toBe(other);
});

it('The policy for requests on behalf of the caller allows everything and leaves the decision to Graph', () => {
  expect(sees(graphDecides, OTHER) && passes(() => graphDecides.requireTenant())).toBe(true);
});

it('A refusal has the same message for every organizer and for the tenant, so it does not reveal what exists', () => {
  const policy = createPolicy(user, settings);
  for (const refused of [
    () => policy.requireOrganizer(OTHER),
    () => policy.requireOrganizer('nobody'),
    () => policy.requireTenant(),
  ]) {
    expect(refused).toThrow(
      'The object does not exist, or the caller has no access to it. Users have access to what they organized themselves.',
    );
  }
});
