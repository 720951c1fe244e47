/** Tokens as Entra ID signs them: https://learn.microsoft.com/en-us/entra/identity-platform/access-token-claims-reference */
import { generateKeyPair, randomUUID } from 'node:crypto';
import type { JsonWebKey, KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { SignJWT, jwtVerify } from 'jose';
import type { JWTPayload } from 'jose';

/** The contents of a token. By default it is a valid one for the application, from some user. */
export interface TokenWish {
  readonly kind?: 'user' | 'application';
  readonly version?: 1 | 2;
  readonly tenantId?: string;
  readonly objectId?: string;
  readonly audience?: string;
  readonly scp?: string;
  readonly roles?: readonly string[];
  readonly expiresInSeconds?: number;
  /** From now on; it may be negative. */
  readonly validInSeconds?: number;
  /** Claims added to or replacing those; undefined removes one. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** The key to sign with, instead of the published one. */
  readonly key?: KeyObject | Uint8Array;
  readonly keyId?: string;
  readonly alg?: string;
}

export interface TokenIssuer {
  issue(wish?: TokenWish): Promise<string>;
  /** The claims of a token issued here for the audience. Rejects with jose's error if it was not, or is invalid. */
  verify(token: string, audience: string): Promise<JWTPayload>;
  /** From now on signs with a new key, and publishes only that. */
  rotateKeys(): Promise<void>;
  /** The published keys as JSON Web Keys, marked as signing for `issuer`; for every tenant when omitted. */
  publicKeys(issuer?: string): (JsonWebKey & { kid: string })[];
  /** The published key, and the one it signs with. */
  publicKey(): KeyObject;
  privateKey(): KeyObject;
}

interface TokenIssuerOptions {
  readonly authority: string;
  readonly clock: { now(): number };
  readonly tenantId: string;
  readonly clientId: string;
  readonly servicePrincipalId: string;
  readonly userId: string;
}

const createRsaKeys = promisify(generateKeyPair);

async function createKey(): Promise<{ privateKey: KeyObject; publicKey: KeyObject; keyId: string }> {
  return { ...(await createRsaKeys('rsa', { modulusLength: 2_048 })), keyId: randomUUID() };
}

/** Creates an issuer with one key. */
export async function createTokenIssuer(options: TokenIssuerOptions): Promise<TokenIssuer> {
  const { authority, clock, clientId } = options;
  let current = await createKey();

  function claimsOf(wish: TokenWish): Record<string, unknown> {
    const { kind = 'user', version = 2, tenantId = options.tenantId, roles = [] } = wish;
    const { expiresInSeconds = 3_600, validInSeconds = 0, audience = clientId } = wish;
    const isUser = kind === 'user';
    const objectId = wish.objectId ?? (isUser ? options.userId : options.servicePrincipalId);
    const nowSeconds = Math.floor(clock.now() / 1_000);
    return {
      ver: `${version}.0`,
      iss: version === 1 ? `https://sts.windows.net/${tenantId}/` : `${authority}/${tenantId}/v2.0`,
      aud: audience,
      tid: tenantId,
      oid: objectId,
      // For a user, it differs between applications.
      sub: isUser ? `pairwise-${objectId}` : objectId,
      [version === 1 ? 'appid' : 'azp']: clientId,
      ...(isUser ? { scp: wish.scp ?? 'access_as_user' } : {}),
      ...(roles.length === 0 ? {} : { roles }),
      iat: nowSeconds,
      nbf: nowSeconds + validInSeconds,
      exp: nowSeconds + expiresInSeconds,
      ...wish.claims,
    };
  }

  return {
    issue(wish = {}) {
      const { key = current.privateKey, keyId = current.keyId, alg = 'RS256' } = wish;
      // Undefined leaves JSON by itself.
      return new SignJWT(claimsOf(wish)).setProtectedHeader({ alg, kid: keyId, typ: 'JWT' }).sign(key);
    },
    async verify(token, audience) {
      const { payload } = await jwtVerify(token, current.publicKey, {
        algorithms: ['RS256'],
        audience: [audience, `api://${audience}`],
        currentDate: new Date(clock.now()),
      });
      return payload;
    },
    async rotateKeys() {
      current = await createKey();
    },
    publicKeys: (keyIssuer = `${authority}/{tenantid}/v2.0`) => [
      { ...current.publicKey.export({ format: 'jwk' }), kid: current.keyId, use: 'sig', issuer: keyIssuer },
      { kty: 'of a kind to come', kid: 'another' },
    ],
    publicKey: () => current.publicKey,
    privateKey: () => current.privateKey,
  };
}
