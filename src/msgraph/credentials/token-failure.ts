/** Reports failures to acquire a token, without repeating the same one for each request. */
import type { Clock } from '../../clock.ts';
import type { GetToken } from './token.ts';

/** The same failure is reported again after this long. */
const REPORTED_AGAIN_MS = 60_000;

/** The reason for a failure: Entra ID's code if it has one, because its message contains an id and a time. */
function reasonOf(error: unknown): string {
  const message = String(error instanceof Error && error.cause !== undefined ? error.cause : error);
  return /AADSTS\d+/.exec(message)?.[0] ?? message;
}

/** Returns the same source of tokens. `report` receives its failures, for the same reason at most once a minute. */
export function reportFailures(getToken: GetToken, clock: Clock, report: (error: unknown) => void): GetToken {
  let reported: { readonly reason: string; readonly untilMs: number } | null = null;
  return async (rejected) => {
    try {
      return await getToken(rejected);
    } catch (error) {
      const reason = reasonOf(error);
      const nowMs = clock.steadyMs();
      if (reported?.reason !== reason || nowMs >= reported.untilMs) {
        reported = { reason, untilMs: nowMs + REPORTED_AGAIN_MS };
        report(error);
      }
      throw error;
    }
  };
}
