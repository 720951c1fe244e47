/**
 * Verifies tokens of Entra ID: https://learn.microsoft.com/en-us/entra/identity-platform/access-tokens#validate-tokens
 */
import { decodeJwt, jwtVerify } from 'jose';
import type { JWTPayload } from 'jose';
import type { Clock } from '../clock.ts';
import { AuthenticationError } from './error.ts';
import type { SigningKey, SigningKeys } from './signing-keys.ts';

export interface TokenVerifierOptions {
  /** The origin of Entra ID in the cloud, for instance `https://login.microsoftonline.com`. */
  readonly authority: string;
  /** The ids (GUIDs) of the tenants whose tokens are accepted. */
  readonly tenantIds: readonly [string, ...string[]];
  /** The accepted audiences of a token. */
  readonly audiences: readonly string[];
  readonly clock: Clock;
  /** Returns the keys with which a tenant's tokens are signed; called once for each tenant. */
  readonly keysOf: (tenantId: string) => SigningKeys;
}

/**
 * Returns the claims of a token that one of the tenants issued for one of the audiences. Rejects with an
 * `AuthenticationError` or an error of jose for any other token, and with an `AuthenticationUnavailableError` when the
 * token cannot be verified at present.
 */
export type TokenVerifier = (token: string) => Promise<JWTPayload>;

const CLOCK_TOLERANCE_SECONDS = 60;

/**
 * The issuers of one tenant's tokens, of version 1 and of version 2. In China, the issuer of Entra ID differs from its
 * address: https://learn.microsoft.com/en-us/entra/identity-platform/authentication-national-cloud
 */
function issuersOf(authority: string, tenantId: string): string[] {
  const [v1, v2] = authority.endsWith('.cn')
    ? ['https://sts.chinacloudapi.cn', 'https://login.partner.microsoftonline.cn']
    : ['https://sts.windows.net', authority];
  return [`${v1}/${tenantId}/`, `${v2}/${tenantId}/v2.0`];
}

/**
 * Whether a key signs the tokens of a tenant: the list may be that of all tenants. Only the tenant in its issuer
 * counts, since Entra ID has one set of keys behind several hosts.
 */
function signsFor({ issuer }: SigningKey, tenantId: string): boolean {
  const tenant = issuer === null ? tenantId : /^https:\/\/[^/]+\/([^/]+)\//.exec(issuer)?.[1];
  return tenant === tenantId || tenant === '{tenantid}';
}

/** Creates a `TokenVerifier`. */
export function createTokenVerifier(options: TokenVerifierOptions): TokenVerifier {
  const { authority, audiences, clock, keysOf } = options;
  /** The tenants, by each of their issuers. */
  const tenants = new Map<string, { readonly id: string; readonly keys: SigningKeys }>();
  // Tokens contain tenant ids in lower case.
  for (const id of options.tenantIds.map((tenantId) => tenantId.toLowerCase())) {
    const keys = keysOf(id);
    for (const issuer of issuersOf(authority, id)) tenants.set(issuer, { id, keys });
  }

  return async (token) => {
    // The unverified issuer only selects the keys; `jwtVerify` checks the issuer together with the signature.
    const { iss: issuer = '' } = decodeJwt(token);
    const tenant = tenants.get(issuer);
    if (tenant === undefined)
      throw new AuthenticationError('The issuer of the token is not a tenant that this gateway serves.');
    const { payload } = await jwtVerify(
      token,
      async ({ kid = '' }) => {
        const key = await tenant.keys.find(kid);
        if (key === null || !signsFor(key, tenant.id))
          throw new AuthenticationError('The token is signed with an unknown key.');
        return key.publicKey;
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
    // A token names its tenant in `iss` and in `tid`, and both must agree.
    if (payload['tid'] === tenant.id) return payload;
    throw new AuthenticationError(
      'The claim "tid" of the token is missing or is not the tenant that issued the token.',
    );
  };
}
