/** Access tokens for Microsoft Graph: fetched once however many requests wait, and kept until shortly before they expire. */
import type { TokenCredential } from '@azure/identity';
import type { Clock } from './clock.ts';
import { GraphError } from './error.ts';

/** A token is renewed this long before it expires, so that no request leaves with one that expires on the way. */
const RENEW_BEFORE_EXPIRY_MS = 5 * 60_000;

/**
 * Makes a credential of Entra ID into a function that gives a good token at every call; the transport calls it for each
 * request. It rejects with a `GraphError` when no token can be had, which names no secret.
 */
export function createTokenSource(credential: TokenCredential, scope: string, clock: Clock): () => Promise<string> {
  let current: { token: string; renewAtMs: number } | null = null;
  let fetching: Promise<string> | null = null;

  async function fetchToken(): Promise<string> {
    try {
      const answer = await credential.getToken(scope);
      if (answer === null) throw new Error('The credential gave no token.');
      current = { token: answer.token, renewAtMs: answer.expiresOnTimestamp - RENEW_BEFORE_EXPIRY_MS };
      return answer.token;
    } catch (cause) {
      throw new GraphError('No access token for Microsoft Graph could be had from Entra ID. The log has the reason.', {
        reason: 'token',
        cause,
      });
    } finally {
      fetching = null;
    }
  }

  return async () => {
    if (current !== null && clock.now() < current.renewAtMs) return current.token;
    fetching ??= fetchToken();
    return fetching;
  };
}
