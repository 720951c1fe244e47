/** Failures to get a token, told without repeating the same one for each request. */
import type { Clock } from '../clock.ts';
import type { GetToken } from './token.ts';

/** The same failure is told again after this long. */
const TOLD_AGAIN_MS = 60_000;

/** The reason for a failure. Entra ID's words have ids and times in them that differ each time; its code does not. */
function reasonOf(error: unknown): string {
  const message = String(error instanceof Error && error.cause !== undefined ? error.cause : error);
  return /AADSTS\d+/.exec(message)?.[0] ?? message;
}

/** The same source of tokens. `tell` is called with each failure, but with the same one at most once a minute. */
export function tellFailures(getToken: GetToken, clock: Clock, tell: (error: unknown) => void): GetToken {
  let told: { readonly reason: string; readonly untilMs: number } | null = null;
  return async (rejected) => {
    try {
      return await getToken(rejected);
    } catch (error) {
      const reason = reasonOf(error);
      const nowMs = clock.steadyMs();
      if (told?.reason !== reason || nowMs >= told.untilMs) {
        told = { reason, untilMs: nowMs + TOLD_AGAIN_MS };
        tell(error);
      }
      throw error;
    }
  };
}
