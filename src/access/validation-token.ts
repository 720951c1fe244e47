/**
 * The tokens with which Microsoft Graph proves that it sent an encrypted notification:
 * https://learn.microsoft.com/en-us/graph/change-notifications-with-resource-data#validating-the-authenticity-of-notifications
 */
import type { Clock } from '../clock.ts';
import { createTokenVerifier } from './entra-token.ts';
import { AuthenticationError } from './error.ts';
import { createSigningKeys } from './signing-keys.ts';

export interface ValidationTokensOptions {
  /** The origin of Entra ID in the cloud, for instance `https://login.microsoftonline.com`. */
  readonly authority: string;
  /** The ids (GUIDs) of the tenants to whose recordings there are subscriptions. */
  readonly tenantIds: readonly [string, ...string[]];
  /** The ids of the applications that created the subscriptions. */
  readonly appIds: readonly string[];
  /** A certificate authority to trust in addition to the usual ones, in PEM. */
  readonly certificateAuthority?: string | undefined;
  readonly clock: Clock;
  /** Called when the keys of Entra ID could not be renewed in the background; the cached keys stay in use. */
  readonly onKeysNotRenewed: (error: unknown) => void;
  /**
   * Called when tokens are refused, because one is invalid or the keys could not be fetched. The error contains no
   * token.
   */
  readonly onRefused: (error: unknown) => void;
}

export interface ValidationTokens {
  /**
   * Whether there is at least one token, and Entra ID issued all of them to Microsoft Graph for one of the
   * applications. False also when the tokens cannot be verified; never rejects.
   */
  areGenuine(tokens: readonly string[]): Promise<boolean>;
}

/**
 * The application that publishes change notifications. Without this check, any other application with a token of Entra
 * ID for ours could impersonate it.
 */
const PUBLISHER_ID = '0bf30f3b-4a52-48df-9a82-234910c4a086';

/** Creates a `ValidationTokens`. The keys of Entra ID are fetched when first needed. */
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
    // Version 1 has the application in `appid`, version 2 in `azp`:
    // https://learn.microsoft.com/en-us/entra/identity-platform/access-token-claims-reference#payload-claims
    const { appid, azp } = await verify(token);
    if ((appid ?? azp) === PUBLISHER_ID) return;
    throw new AuthenticationError('A validation token was issued to an application other than Microsoft Graph.');
  }

  return {
    async areGenuine(tokens) {
      try {
        if (tokens.length === 0) {
          throw new AuthenticationError('The notification has encrypted content but no validation tokens.');
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
