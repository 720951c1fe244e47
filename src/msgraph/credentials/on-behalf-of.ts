/**
 * Tokens for Graph on behalf of a caller. With them Graph itself decides what the caller may see:
 * https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-on-behalf-of-flow
 */
import { readFile } from 'node:fs/promises';
import { OnBehalfOfCredential } from '@azure/identity';
import type { TokenCredential } from '@azure/identity';
import type { Clock } from '../../clock.ts';
import { clientOptions } from './credential.ts';
import type { ApplicationSettings, ClientOptions, Trust } from './credential.ts';
import { createForgettingCache } from './forgetting-cache.ts';
import { createTokenSource } from './token.ts';
import type { GetToken } from './token.ts';

export interface OnBehalfOfOptions {
  /** The application that is the audience of the callers' tokens, in the callers' tenant. */
  readonly settings: ApplicationSettings;
  readonly scope: string;
  readonly trust: Trust;
  readonly clock: Clock;
  /** The number of callers' tokens for which a token for Graph is cached. */
  readonly capacity: number;
  /** Called when a token could not be renewed in the background. No request has failed yet. */
  readonly onRenewalFailed: (error: unknown) => void;
  /** Called after each acquisition, as by `createTokenSource`. */
  readonly onAcquired?: ((expiresAtMs: number | null) => void) | undefined;
}

export interface OnBehalfOf {
  /**
   * The source of tokens for Graph on behalf of the user with this token. The same token has the same source until it
   * expires or leaves the cache. The caller has verified the token before; Entra ID verifies it again.
   */
  tokenSourceFor(userToken: string, expiresAtMs: number): GetToken;
}

function openCredential(
  settings: ApplicationSettings,
  trust: ClientOptions,
  userAssertionToken: string,
): OnBehalfOfCredential {
  const { tenantId, clientId } = settings;
  const options = { ...trust, tenantId, clientId, userAssertionToken };
  if (settings.kind === 'clientSecret') {
    return new OnBehalfOfCredential({ ...options, clientSecret: settings.clientSecret });
  }
  if (settings.kind === 'clientCertificate') {
    return new OnBehalfOfCredential({ ...options, certificatePath: settings.certificatePath });
  }
  const getAssertion = async (): Promise<string> => (await readFile(settings.tokenFilePath, 'utf8')).trim();
  return new OnBehalfOfCredential({ ...options, getAssertion });
}

/** Creates the token sources of all callers. Throws when the certificate's key has a password. */
export function createOnBehalfOf(options: OnBehalfOfOptions): OnBehalfOf {
  const { settings, scope, clock, capacity, onRenewalFailed, onAcquired } = options;
  if (settings.kind === 'clientCertificate' && settings.certificatePassword !== undefined) {
    throw new Error(
      'The private key of the certificate must not have a password, because the Azure SDK cannot open one in the on-behalf-of flow. Use a file without a password, a client secret or a workload identity.',
    );
  }
  const trust = clientOptions(settings, options.trust);
  const sources = createForgettingCache<GetToken>({ capacity, clock });

  /** Creates a credential without a cache, for the reason given at `createCredential`. */
  function credentialOf(userToken: string): TokenCredential {
    return { getToken: (scopes, more) => openCredential(settings, trust, userToken).getToken(scopes, more) };
  }

  return {
    tokenSourceFor: (userToken, expiresAtMs) =>
      sources.get(userToken, expiresAtMs, () =>
        createTokenSource({
          credential: credentialOf(userToken),
          scope,
          clock,
          isOfUser: true,
          onRenewalFailed,
          onAcquired,
        }),
      ),
  };
}
