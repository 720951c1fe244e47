import { GraphError } from './error.ts';
import type { Outcome } from './pace.ts';

/** Whether Graph was not there, or only to say that it is away. */
function isAway({ reason, status }: GraphError): boolean {
  return reason === 'unreachable' || reason === 'timeout' || (status !== null && [502, 503, 504].includes(status));
}

/**
 * What one HTTP request came to for those who decide how much is asked, from the outcome of each of its parts: a body, or an
 * error. Null where nothing of it is about Graph: there was no token to ask with.
 */
export function outcomeOf(outcomes: readonly unknown[], durationMs: number): Outcome | null {
  const errors = outcomes.filter((outcome) => outcome instanceof GraphError);
  if (errors.some(({ reason }) => reason === 'token')) return null;
  const throttled = errors.filter(({ status }) => status === 429);
  const waits = throttled.flatMap(({ retryAfterMs }) => retryAfterMs ?? []);
  return {
    parts: outcomes.length,
    throttled: throttled.length,
    retryAfterMs: waits.length === 0 ? null : Math.max(...waits),
    isFailure: errors.length === outcomes.length && errors.every(isAway),
    durationMs,
  };
}
