/**
 * The tokens by which Microsoft Graph shows that encrypted notifications come from it:
 * https://learn.microsoft.com/en-us/graph/change-notifications-with-resource-data#validating-the-authenticity-of-notifications
 */
import type { Clock } from './clock.ts';
import { createTokenVerifier } from './entra-token.ts';
import { AuthenticationError } from './error.ts';
import { createSigningKeys } from './signing-keys.ts';

export interface ValidationTokensOptions {
  /** Entra ID of the cloud, `https://login.microsoftonline.com`. */
  readonly authority: string;
  /** The tenants to whose recordings there are subscriptions, by their ids, which are GUIDs. */
  readonly tenantIds: readonly [string, ...string[]];
  /** The ids of the applications that made the subscriptions. */
  readonly appIds: readonly string[];
  /** A certificate authority to trust beside the usual ones, in PEM. */
  readonly certificateAuthority?: string | undefined;
  readonly clock: Clock;
  /** Told when the keys of Entra ID could not be renewed in the background: those that are kept still serve. */
  readonly onKeysNotRenewed: (error: unknown) => void;
  /** Told why tokens were refused: what is wrong with one, or that Entra ID's keys could not be had. It names no token. */
  readonly onRefused: (error: unknown) => void;
}

export interface ValidationTokens {
  /**
   * Whether there are tokens, and every one was issued by Entra ID to Microsoft Graph for one of the applications. False
   * too when that cannot be told; never rejects.
   */
  areGenuine(tokens: readonly string[]): Promise<boolean>;
}

/**
 * The application that publishes change notifications. Without this check any other to which Entra ID gives a token for
 * ours could pass for it.
 */
const PUBLISHER_ID = '0bf30f3b-4a52-48df-9a82-234910c4a086';

/** Creates what tells genuine validation tokens. The keys of Entra ID are fetched when first needed. */
export function createValidationTokens(options: ValidationTokensOptions): ValidationTokens {
  const { authority, certificateAuthority, clock, onKeysNotRenewed, onRefused } = options;
  const keys = createSigningKeys({
    url: `${authority}/common/discovery/v2.0/keys`,
    certificateAuthority,
    clock,
    onRenewalFailed: onKeysNotRenewed,
  });
  const verify = createTokenVerifier({ ...options, audiences: options.appIds, keysOf: () => keys });

  async function requireGenuine(token: string): Promise<void> {
    // Version 2 says `azp` for what version 1 calls `appid`:
    // https://learn.microsoft.com/en-us/entra/identity-platform/access-token-claims-reference#payload-claims
    const { appid, azp } = await verify(token);
    if ((appid ?? azp) === PUBLISHER_ID) return;
    throw new AuthenticationError('A validation token was issued to another application than Microsoft Graph.');
  }

  return {
    async areGenuine(tokens) {
      try {
        if (tokens.length === 0) {
          throw new AuthenticationError('Expected validation tokens with encrypted content, but none came.');
        }
        await Promise.all(tokens.map(requireGenuine));
        return true;
      } catch (error) {
        onRefused(error);
        return false;
      }
    },
  };
}
