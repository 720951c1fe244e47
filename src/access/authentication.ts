/** Authenticates callers by an access token of Entra ID. */
import type { JWTPayload } from 'jose';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { Caller } from './caller.ts';
import { createTokenVerifier } from './entra-token.ts';
import { AuthenticationError, AuthenticationUnavailableError } from './error.ts';
import { createSigningKeys } from './signing-keys.ts';

export interface AuthenticationOptions {
  /** The origin of Entra ID in the cloud, for instance `https://login.microsoftonline.com`. */
  readonly authority: string;
  /** The ids (GUIDs) of the tenants whose tokens are accepted. */
  readonly tenantIds: readonly [string, ...string[]];
  /** The accepted audiences of a token: the application's id, and its id as a URI. */
  readonly audiences: readonly string[];
  /** A certificate authority to trust in addition to the usual ones, in PEM. */
  readonly certificateAuthority?: string | undefined;
  readonly clock: Clock;
  /** Called when the keys of Entra ID could not be renewed in the background; the cached keys stay in use. */
  readonly onKeysNotRenewed: (error: unknown) => void;
}

export interface Authentication {
  /**
   * Identifies the caller by an `Authorization` header. Rejects with an `AuthenticationError` when the header proves no
   * identity, and with an `AuthenticationUnavailableError` when the keys of Entra ID cannot be fetched.
   */
  authenticate(authorization: string | undefined): Promise<Caller>;
}

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

const NOT_ACCEPTED = 'The access token was not accepted. Request a new one for this gateway from Entra ID.';

/** Whether the signature of a token is canonical base64url. Node also decodes other encodings of the same bytes. */
function isCanonical(token: string): boolean {
  const signature = token.slice(token.lastIndexOf('.') + 1);
  return Buffer.from(signature, 'base64url').toString('base64url') === signature;
}

function toCaller(payload: JWTPayload, token: string): Caller {
  const parsed = claims.safeParse(payload);
  if (!parsed.success) {
    throw new AuthenticationError(
      'The access token lacks the claims that identify the caller. Request a new one from Entra ID.',
    );
  }
  const { tid: tenantId, oid: objectId, sub, exp, scp, idtyp } = parsed.data;
  const roles = new Set(parsed.data.roles);
  const expiresAtMs = exp * 1_000;
  // An application's token says so in `idtyp`, or its subject is the application itself. A user's token has scopes. A
  // token that is neither is not an access token; it may be the ID token of a sign-in.
  if (idtyp === 'app' || (scp === undefined && sub === objectId)) {
    return { kind: 'application', tenantId, objectId, roles, expiresAtMs };
  }
  if (scp === undefined)
    throw new AuthenticationError(
      'The token is not an access token. Request an access token for this gateway from Entra ID.',
    );
  return { kind: 'user', tenantId, objectId, roles, token, expiresAtMs };
}

/** Creates an `Authentication`. The keys of Entra ID are fetched when first needed. */
export function createAuthentication(options: AuthenticationOptions): Authentication {
  const { authority, certificateAuthority, clock, onKeysNotRenewed } = options;
  const verify = createTokenVerifier({
    ...options,
    keysOf: (tenantId) =>
      createSigningKeys({
        url: `${authority}/${tenantId}/discovery/v2.0/keys`,
        certificateAuthority,
        clock,
        onRenewalFailed: onKeysNotRenewed,
      }),
  });

  return {
    async authenticate(authorization) {
      const token = /^Bearer +([\w.~+/-]+=*)$/i.exec(authorization ?? '')?.[1];
      if (token === undefined) {
        throw new AuthenticationError('An access token is required. Send it as "Authorization: Bearer ...".');
      }
      try {
        // Clients, cache entries and stored tokens are kept per token: each encoding would have its own.
        if (!isCanonical(token)) throw new AuthenticationError(NOT_ACCEPTED);
        return toCaller(await verify(token), token);
      } catch (cause) {
        if (cause instanceof AuthenticationError || cause instanceof AuthenticationUnavailableError) throw cause;
        throw new AuthenticationError(NOT_ACCEPTED, { cause });
      }
    },
  };
}
