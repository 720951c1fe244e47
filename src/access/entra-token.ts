/** Tokens of Entra ID, verified: https://learn.microsoft.com/en-us/entra/identity-platform/access-tokens#validate-tokens */
import { decodeJwt, jwtVerify } from 'jose';
import type { JWTPayload } from 'jose';
import type { Clock } from './clock.ts';
import { AuthenticationError } from './error.ts';
import type { SigningKeys } from './signing-keys.ts';

export interface TokenVerifierOptions {
  /** Entra ID of the cloud, `https://login.microsoftonline.com`. */
  readonly authority: string;
  /** The tenants whose tokens are taken, by their ids, which are GUIDs. */
  readonly tenantIds: readonly [string, ...string[]];
  /** What a token must be meant for. */
  readonly audiences: readonly string[];
  readonly clock: Clock;
  /** Gives the keys with which a tenant's tokens are signed; called once for each. */
  readonly keysOf: (tenantId: string) => SigningKeys;
}

/**
 * Gives the claims of a token that one of the tenants has issued for one of the audiences. Rejects with an
 * `AuthenticationError` or an error of jose's when it is none, and with an `AuthenticationUnavailableError` when that
 * cannot be told.
 */
export type TokenVerifier = (token: string) => Promise<JWTPayload>;

const CLOCK_TOLERANCE_SECONDS = 60;

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

/** Creates what verifies tokens. */
export function createTokenVerifier(options: TokenVerifierOptions): TokenVerifier {
  const { authority, audiences, clock, keysOf } = options;
  /** The tenants, by each of the names under which they issue tokens. */
  const tenants = new Map<string, { readonly id: string; readonly keys: SigningKeys }>();
  // Tokens have their ids in lower case.
  for (const id of options.tenantIds.map((tenantId) => tenantId.toLowerCase())) {
    const keys = keysOf(id);
    for (const issuer of issuersOf(authority, id)) tenants.set(issuer, { id, keys });
  }

  return async (token) => {
    // Whose keys have to fit: that the token has this issuer is only believed with its signature.
    const { iss: issuer = '' } = decodeJwt(token);
    const tenant = tenants.get(issuer);
    if (tenant === undefined) throw new AuthenticationError('The token was issued by no tenant that is served.');
    const { payload } = await jwtVerify(
      token,
      async ({ kid = '' }) => {
        const key = await tenant.keys.find(kid);
        if (key === null) throw new AuthenticationError('The token was signed with a key that is not known.');
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
    // A token names its tenant twice, and the one must not contradict the other.
    if (payload['tid'] === tenant.id) return payload;
    throw new AuthenticationError('The token names another tenant than the one that issued it, or none.');
  };
}
