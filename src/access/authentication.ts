/** Access tokens of Entra ID, verified: https://learn.microsoft.com/en-us/entra/identity-platform/access-tokens#validate-tokens */
import { decodeJwt, jwtVerify } from 'jose';
import type { JWTPayload } from 'jose';
import { z } from 'zod';
import type { Caller } from './caller.ts';
import { AuthenticationError, AuthenticationUnavailableError } from './error.ts';
import { createSigningKeys } from './signing-keys.ts';
import type { Clock, SigningKeys } from './signing-keys.ts';

export interface AuthenticationOptions {
  /** Entra ID of the cloud, `https://login.microsoftonline.com`. */
  readonly authority: string;
  /** The tenants whose tokens are taken, by their ids, which are GUIDs. */
  readonly tenantIds: readonly [string, ...string[]];
  /** What a token must be meant for: the application's id, and its id as a URI. */
  readonly audiences: readonly string[];
  /** A certificate authority to trust beside the usual ones, in PEM. */
  readonly certificateAuthority?: string | undefined;
  readonly clock: Clock;
  /** Told when the keys of Entra ID could not be renewed in the background: those that are kept still serve. */
  readonly onKeysNotRenewed: (error: unknown) => void;
}

export interface Authentication {
  /**
   * Tells who sends an `Authorization` header. Rejects with an `AuthenticationError` when it proves nothing, and with an
   * `AuthenticationUnavailableError` when Entra ID's keys, by which that is told, cannot be had.
   */
  authenticate(authorization: string | undefined): Promise<Caller>;
}

const CLOCK_TOLERANCE_SECONDS = 60;

// https://learn.microsoft.com/en-us/entra/identity-platform/access-token-claims-reference
const claims = z.object({
  tid: z.string(),
  oid: z.string(),
  sub: z.string(),
  exp: z.number(),
  scp: z.string().optional(),
  idtyp: z.string().optional(),
  roles: z.array(z.string()).default([]),
});

/**
 * The issuers of one tenant's tokens, of version 1 and of version 2. In China Entra ID is reached under one name and signs
 * with another: https://learn.microsoft.com/en-us/entra/identity-platform/authentication-national-cloud
 */
function issuersOf(authority: string, tenantId: string): string[] {
  const [v1, v2] = authority.endsWith('.cn')
    ? ['https://sts.chinacloudapi.cn', 'https://login.partner.microsoftonline.cn']
    : ['https://sts.windows.net', authority];
  return [`${v1}/${tenantId}/`, `${v2}/${tenantId}/v2.0`];
}

/** One tenant, found by any of the names under which it issues tokens. */
interface Tenant {
  readonly id: string;
  readonly keys: SigningKeys;
}

function toCaller(payload: JWTPayload, token: string, tenant: Tenant): Caller {
  const parsed = claims.safeParse(payload);
  // A token names its tenant twice, and the one must not contradict the other.
  if (!parsed.success || parsed.data.tid !== tenant.id) {
    throw new AuthenticationError('The access token lacks the claims by which its bearer is known.');
  }
  const { tid: tenantId, oid: objectId, sub, exp, scp, idtyp } = parsed.data;
  const roles = new Set(parsed.data.roles);
  const expiresAtMs = exp * 1_000;
  // An application's token says so, or is about the application itself; a user's says what the application may do for them.
  // What is neither is no access token, but the ID token of a sign-in for instance.
  if (idtyp === 'app' || (scp === undefined && sub === objectId)) {
    return { kind: 'application', tenantId, objectId, roles, expiresAtMs };
  }
  if (scp === undefined) throw new AuthenticationError('The token is no access token: get one for this gateway.');
  return { kind: 'user', tenantId, objectId, roles, token, expiresAtMs };
}

/** Creates what tells callers apart. The keys of Entra ID are fetched when first needed. */
export function createAuthentication(options: AuthenticationOptions): Authentication {
  const { authority, audiences, certificateAuthority, clock, onKeysNotRenewed } = options;
  const tenants = new Map<string, Tenant>();
  // Tokens have their ids in lower case.
  for (const id of options.tenantIds.map((tenantId) => tenantId.toLowerCase())) {
    const url = `${authority}/${id}/discovery/v2.0/keys`;
    const keys = createSigningKeys({ url, certificateAuthority, clock, onRenewalFailed: onKeysNotRenewed });
    for (const issuer of issuersOf(authority, id)) tenants.set(issuer, { id, keys });
  }

  async function verify(token: string): Promise<Caller> {
    // Whose keys have to fit: that the token has this issuer is only believed with its signature.
    const { iss: issuer = '' } = decodeJwt(token);
    const tenant = tenants.get(issuer);
    if (tenant === undefined) throw new AuthenticationError('The access token was issued by no tenant that is served.');
    const { payload } = await jwtVerify(
      token,
      async ({ kid = '' }) => {
        const key = await tenant.keys.find(kid);
        if (key === null) throw new AuthenticationError('The access token was signed with a key that is not known.');
        return key;
      },
      {
        algorithms: ['RS256'],
        issuer,
        audience: [...audiences],
        currentDate: new Date(clock.now()),
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        requiredClaims: ['exp', 'nbf', 'iat'],
      },
    );
    return toCaller(payload, token, tenant);
  }

  return {
    async authenticate(authorization) {
      const token = /^Bearer +([\w.~+/-]+=*)$/i.exec(authorization ?? '')?.[1];
      if (token === undefined) {
        throw new AuthenticationError('An access token is needed: send it as "Authorization: Bearer ...".');
      }
      try {
        return await verify(token);
      } catch (cause) {
        if (cause instanceof AuthenticationError || cause instanceof AuthenticationUnavailableError) throw cause;
        throw new AuthenticationError(
          'The access token is not accepted: get a new one from Entra ID for this gateway.',
          { cause },
        );
      }
    },
  };
}
