import { tooManyRequests } from './graph-error.ts';
import type { Settings } from './settings.ts';

/**
 * Counts requests against the limit of the settings, second by second; parts of a batch count each. A request beyond
 * the limit is refused by a GraphError with status 429 and counts as well, so that clients who do not wait have to wait
 * longer. https://learn.microsoft.com/en-us/graph/throttling
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
