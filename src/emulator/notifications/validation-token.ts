/** The validation tokens of notifications, and the keys that sign them. */
import { generateKeyPairSync, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { guid } from '../tenant/seeded.ts';

/** Where Entra ID publishes the keys of its tokens: https://learn.microsoft.com/en-us/entra/identity-platform/access-tokens#validate-the-signature */
export const keysPath = '/common/discovery/v2.0/keys';

/** The application that sends the change notifications of Graph. */
export const publisherId = '0bf30f3b-4a52-48df-9a82-234910c4a086';

/** Tokens of Entra ID for the subscriber, which prove that a notification with resource data comes from Graph. */
export interface ValidationTokens {
  /** Issues a token to the application `clientId` for the application `audience`. */
  readonly issue: (clientId: string, audience: string) => string;
  /** The public key of their signatures, as a JSON Web Key Set. */
  readonly keys: () => unknown;
}

const lifetimeSeconds = 8 * 60 * 60;

/** Issues the validation tokens of one tenant. The key is generated on first use, because that takes a while. */
export function createValidationTokens(tenantId: string, now: () => number): ValidationTokens {
  const kid = guid(tenantId, 'signing key');
  let pair: { readonly privateKey: KeyObject; readonly publicKey: KeyObject } | undefined;

  function keyPair(): { readonly privateKey: KeyObject; readonly publicKey: KeyObject } {
    pair ??= generateKeyPairSync('rsa', { modulusLength: 2048 });
    return pair;
  }

  return {
    issue(clientId, audience) {
      const issuedAt = Math.floor(now() / 1000);
      const issuer = `https://sts.windows.net/${tenantId}/`;
      const claims = {
        aud: audience,
        iss: issuer,
        iat: issuedAt,
        nbf: issuedAt,
        exp: issuedAt + lifetimeSeconds,
        appid: clientId,
        appidacr: '2',
        idp: issuer,
        tid: tenantId,
        ver: '1.0',
      };
      const signed = [{ typ: 'JWT', alg: 'RS256', kid }, claims].map(encode).join('.');
      return `${signed}.${sign('sha256', Buffer.from(signed), keyPair().privateKey).toString('base64url')}`;
    },

    keys: () => ({ keys: [{ ...keyPair().publicKey.export({ format: 'jwk' }), use: 'sig', kid }] }),
  };
}

function encode(part: unknown): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
