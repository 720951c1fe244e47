/** Throttling by requests per second. */
import { tooManyRequests } from '../graph-error.ts';
import type { Settings } from '../settings.ts';

/**
 * Counts requests per second against the limit in the settings; each part of a batch counts as one. `take` throws a
 * GraphError with status 429 for a request beyond the limit. That request counts too, so that clients that do not wait
 * have to wait longer. https://learn.microsoft.com/en-us/graph/throttling
 */
export function createRateLimit(settings: Settings, now: () => number): { take(): void } {
  let second = 0;
  let taken = 0;
  return {
    take() {
      const current = Math.floor(now() / 1000);
      taken = current === second ? taken + 1 : 1;
      second = current;
      const limit = settings.requestsPerSecond;
      if (limit !== null && taken > limit) {
        throw tooManyRequests({ 'Retry-After': String(Math.ceil((taken - limit) / limit)) });
      }
    },
  };
}
