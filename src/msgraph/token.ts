/** Access tokens for Microsoft Graph: fetched once however many requests wait, and renewed before they expire. */
import type { TokenCredential } from '@azure/identity';
import { z } from 'zod';
import type { Clock } from './clock.ts';
import { GraphError } from './error.ts';

/** From this long before a token expires a new one is fetched, while the old one still serves. */
const RENEW_BEFORE_EXPIRY_MS = 5 * 60_000;
/** A token that expires sooner than this may be too old when it arrives. */
const UNUSABLE_BEFORE_EXPIRY_MS = 30_000;
/** While there is a good token another is fetched at most this often, whatever came of the last time. */
const PAUSE_MS = 30_000;
/** While there is none Entra ID is left alone this long after it gave none, however many requests need one. */
const FAILURE_PAUSE_MS = 1_000;
/** Entra ID gets this long for a token: an acquisition cannot be aborted, so that nobody waits for it any longer. */
const FETCH_TIMEOUT_MS = 8_000;

/**
 * Gives a good token at every call. `rejected` is a token that Graph has just refused: it is given no more, unless there
 * is no other. Rejects with a `GraphError` when no token can be had, which names no secret; where Entra ID has refused
 * the user for whom the token is, it has Entra ID's `code`, and its `claims` if there are any.
 */
export type GetToken = (rejected?: string) => Promise<string>;

/** The one token that there is, for development. */
export function fixedToken(token: string): GetToken {
  return () => Promise.resolve(token);
}

/** What the SDK throws when Entra ID has answered, and its answer is about the user. */
const refusalOfUser = z.object({
  cause: z.object({
    errorCode: z.enum(['consent_required', 'interaction_required', 'invalid_grant', 'login_required']),
    claims: z.string().optional(),
  }),
});

function tokenError(cause: unknown): GraphError {
  const { data } = refusalOfUser.safeParse(cause);
  if (data === undefined) {
    return new GraphError('No access token for Microsoft Graph could be had from Entra ID. The log has the reason.', {
      reason: 'token',
      cause,
    });
  }
  const { errorCode, claims = '' } = data.cause;
  return new GraphError(
    `Entra ID gives no access token for Microsoft Graph on behalf of the caller (${errorCode}): sign in again${claims === '' ? '' : ', with the claims that it asks for'}, or have an administrator grant access.`,
    { reason: 'token', code: errorCode, claims: claims === '' ? null : claims, cause },
  );
}

interface TokenSourceOptions {
  /** Asked for a new token at each call: a credential that remembers would give a refused one again. */
  readonly credential: TokenCredential;
  readonly scope: string;
  readonly clock: Clock;
  /** Told when a token could not be renewed in the background: nobody's request has failed yet. */
  readonly onRenewalFailed: (error: unknown) => void;
  /** Told of each acquisition: when the token expires, in milliseconds since the epoch, or null when there was none. */
  readonly onAcquired?: ((expiresAtMs: number | null) => void) | undefined;
}

/** Makes a credential of Entra ID into a source of tokens for one scope; one is created for each credential. */
export function createTokenSource({
  credential,
  scope,
  clock,
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
    const answer = await credential.getToken(scope);
    if (answer === null) throw new Error('The credential gave no token.');
    onAcquired?.(answer.expiresOnTimestamp);
    // Kept also when it comes too late for those who asked, unless a newer one has come: the next need not ask again.
    if (acquisition < newestKept) return answer.token;
    newestKept = acquisition;
    current = { token: answer.token, expiresAtMs: answer.expiresOnTimestamp };
    return answer.token;
  }

  async function fetchToken(): Promise<string> {
    const tooSlow = Promise.withResolvers<never>();
    const cancelTimeout = clock.after(FETCH_TIMEOUT_MS, () =>
      tooSlow.reject(new Error(`Entra ID gave no token within ${FETCH_TIMEOUT_MS} ms.`)),
    );
    try {
      return await Promise.race([acquireToken(), tooSlow.promise]);
    } catch (cause) {
      const error = tokenError(cause);
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
      // When its replacement is refused too, one more would fare no better.
      noReplacementBeforeMs = steadyMs + PAUSE_MS;
      return fetchOnce();
    }
    const isDue = now >= current.expiresAtMs - RENEW_BEFORE_EXPIRY_MS && steadyMs >= noRenewalBeforeMs;
    if (isDue && fetching === null) {
      // In the background: while the old token is good a renewal that fails harms nobody, and is tried again.
      fetchOnce().catch(onRenewalFailed);
    }
    return current.token;
  };
}
