/** Access tokens for Microsoft Graph: fetched once for all requests that wait, and renewed before they expire. */
import type { TokenCredential } from '@azure/identity';
import { z } from 'zod';
import type { Clock } from '../../clock.ts';
import { GraphError } from '../error.ts';

/** A token is renewed from this long before it expires, while the old one is still used. */
const RENEW_BEFORE_EXPIRY_MS = 5 * 60_000;
/** A token that expires sooner than this may have expired when it arrives. */
const UNUSABLE_BEFORE_EXPIRY_MS = 30_000;
/** While there is a good token, another is fetched at most this often, whatever the last result. */
const PAUSE_MS = 30_000;
/** While there is none, Entra ID is not called again for this long after a failure, however many requests wait. */
const FAILURE_PAUSE_MS = 1_000;
/** How long requests wait for a token of Entra ID. The acquisition itself cannot be aborted. */
const FETCH_TIMEOUT_MS = 8_000;

/**
 * Resolves with a good token at every call. `rejected` is a token that Graph has just refused: it is not returned again
 * unless there is no other. Rejects with a `GraphError` that names no secret when there is no token. If Entra ID
 * refused the user, the error has Entra ID's `code`, and its `claims` if there are any.
 */
export type GetToken = (rejected?: string) => Promise<string>;

/** Always returns the same token, for development. */
export function fixedToken(token: string): GetToken {
  return () => Promise.resolve(token);
}

/** What the SDK throws when Entra ID refuses the user. */
const refusalOfUser = z.object({
  cause: z.object({
    errorCode: z.enum(['consent_required', 'interaction_required', 'invalid_grant', 'login_required']),
    claims: z.string().optional(),
  }),
});

function tokenError(cause: unknown, isOfUser: boolean): GraphError {
  // The application can be refused in the same words, but no caller can sign it in.
  const data = isOfUser ? refusalOfUser.safeParse(cause).data : undefined;
  if (data === undefined) {
    return new GraphError(
      'No access token for Microsoft Graph could be obtained from Entra ID. The log of the gateway contains the reason.',
      {
        reason: 'token',
        cause,
      },
    );
  }
  const { errorCode, claims = '' } = data.cause;
  return new GraphError(
    `Entra ID refused an access token for Microsoft Graph on behalf of the caller (${errorCode}). Sign in again${claims === '' ? '' : ' with the claims that Entra ID requires'}, or have an administrator grant access.`,
    { reason: 'token', code: errorCode, claims: claims === '' ? null : claims, cause },
  );
}

interface TokenSourceOptions {
  /** Has to fetch a new token at each call: a credential with a cache would return a refused one again. */
  readonly credential: TokenCredential;
  readonly scope: string;
  readonly clock: Clock;
  /** Whether the tokens are on behalf of a user, whom Entra ID may refuse; of the application when left out. */
  readonly isOfUser?: boolean;
  /** Called when a token could not be renewed in the background. No request has failed yet. */
  readonly onRenewalFailed: (error: unknown) => void;
  /** Called after each acquisition with the token's expiry, in milliseconds since the epoch; null when it failed. */
  readonly onAcquired?: ((expiresAtMs: number | null) => void) | undefined;
}

/** Creates the source of one credential's tokens for one scope. */
export function createTokenSource({
  credential,
  scope,
  clock,
  isOfUser = false,
  onRenewalFailed,
  onAcquired,
}: TokenSourceOptions): GetToken {
  let current: { token: string; expiresAtMs: number } | null = null;
  let fetching: Promise<string> | null = null;
  let acquisitions = 0;
  let newestKept = 0;
  let noRenewalBeforeMs = -Infinity;
  let noReplacementBeforeMs = -Infinity;
  let failure: { error: GraphError; untilMs: number } | null = null;

  async function acquireToken(): Promise<string> {
    acquisitions += 1;
    const acquisition = acquisitions;
    const acquired = await credential.getToken(scope);
    if (acquired === null) throw new Error('The credential returned no token.');
    onAcquired?.(acquired.expiresOnTimestamp);
    // Kept even if its waiters have timed out, unless a newer one has come: the next call need not fetch again.
    if (acquisition < newestKept) return acquired.token;
    newestKept = acquisition;
    current = { token: acquired.token, expiresAtMs: acquired.expiresOnTimestamp };
    return acquired.token;
  }

  async function fetchToken(): Promise<string> {
    const tooSlow = Promise.withResolvers<never>();
    const cancelTimeout = clock.after(FETCH_TIMEOUT_MS, () =>
      tooSlow.reject(new Error(`Entra ID returned no token within ${FETCH_TIMEOUT_MS} ms.`)),
    );
    try {
      return await Promise.race([acquireToken(), tooSlow.promise]);
    } catch (cause) {
      const error = tokenError(cause, isOfUser);
      onAcquired?.(null);
      failure = { error, untilMs: clock.steadyMs() + FAILURE_PAUSE_MS };
      throw error;
    } finally {
      cancelTimeout();
      noRenewalBeforeMs = clock.steadyMs() + PAUSE_MS;
      fetching = null;
    }
  }

  function fetchOnce(): Promise<string> {
    fetching ??= fetchToken();
    return fetching;
  }

  return async (rejected) => {
    const now = clock.now();
    const steadyMs = clock.steadyMs();
    if (current === null || now >= current.expiresAtMs - UNUSABLE_BEFORE_EXPIRY_MS) {
      if (failure !== null && steadyMs < failure.untilMs) throw failure.error;
      return fetchOnce();
    }
    if (current.token === rejected && (fetching !== null || steadyMs >= noReplacementBeforeMs)) {
      // If its replacement is refused too, another would be no better.
      noReplacementBeforeMs = steadyMs + PAUSE_MS;
      return fetchOnce();
    }
    const isDue = now >= current.expiresAtMs - RENEW_BEFORE_EXPIRY_MS && steadyMs >= noRenewalBeforeMs;
    if (isDue && fetching === null) {
      // In the background: while the old token is good, a failed renewal does no harm and is retried.
      fetchOnce().catch(onRenewalFailed);
    }
    return current.token;
  };
}
