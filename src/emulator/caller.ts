/** Identifies the caller by the Authorization header. */
import { GraphError } from './graph-error.ts';
import { isObject } from './shape.ts';

/** The caller: a user through an application, or an application by itself. */
export type Caller =
  | { readonly kind: 'delegated'; readonly userId: string; readonly appId: string; readonly permissions: Permissions }
  | { readonly kind: 'application'; readonly appId: string; readonly permissions: Permissions };

type Permissions = readonly string[] | 'every';

const opaqueTokensAppId = '00000000-feed-4000-a000-00000000cafe';

/**
 * The caller that an Authorization header stands for. A JWT is decoded, its signature is not verified: with `scp` it is
 * delegated by the user `oid`, otherwise it is the application's own, with the permissions in `roles`
 * (https://learn.microsoft.com/en-us/entra/identity-platform/access-token-claims-reference). Any other token stands
 * for an application with every permission. Throws a GraphError with status 401 when there is no token or it expired.
 */
export function identify(authorization: string | undefined, nowMs: number): Caller {
  const token = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
  if (token === undefined) {
    throw unauthorized('Access token is empty.');
  }
  const claims = claimsOf(token);
  if (claims === undefined) {
    return { kind: 'application', appId: opaqueTokensAppId, permissions: 'every' };
  }
  const { exp, scp, oid, roles, appid, azp } = claims;
  if (typeof exp === 'number' && exp * 1000 <= nowMs) {
    throw unauthorized('Lifetime validation failed, the token is expired.');
  }
  const appId = [appid, azp].find((claim) => typeof claim === 'string') ?? opaqueTokensAppId;
  if (typeof scp !== 'string') {
    const permissions = Array.isArray(roles) ? roles.filter((role) => typeof role === 'string') : [];
    return { kind: 'application', appId, permissions };
  }
  if (typeof oid !== 'string') {
    throw unauthorized('Access token validation failure. A token with scp must also have oid.');
  }
  return { kind: 'delegated', userId: oid, appId, permissions: scp.split(' ') };
}

/** The headers of a challenge, which requires these claims. */
export function challenge(claims?: string): Readonly<Record<string, string>> {
  const bearer = 'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize"';
  const more = claims === undefined ? '' : `, error="insufficient_claims", claims="${claims}"`;
  return { 'WWW-Authenticate': bearer + more };
}

/** The error for a request without a valid token, with the challenge that HTTP requires. */
export function unauthorized(message: string, claims?: string): GraphError {
  return new GraphError(401, 'InvalidAuthenticationToken', message, { headers: challenge(claims) });
}

function claimsOf(token: string): Readonly<Record<string, unknown>> | undefined {
  const parts = token.split('.');
  const [header, claims] = parts.slice(0, 2).map(decodeObject);
  return parts.length === 3 && header !== undefined ? claims : undefined;
}

function decodeObject(part: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return isObject(value) ? value : undefined;
  } catch {
    // Not JSON, so not a JWT: an opaque token.
    return undefined;
  }
}
