/** How long a client may cache the response to one operation: no longer than the gateway caches its parts. */
import type { Clock } from '../clock.ts';

export interface Freshness {
  /** Reports a part of the response that is cached until then, in milliseconds of the steady clock. */
  readonly cachedUntil: (untilMs: number) => void;
  /** Reports a part of the response that is not cached. */
  readonly notCached: () => void;
  /** For how many milliseconds it may be cached; 0 if not at all. */
  readonly leftMs: () => number;
}

/** Creates the freshness of one operation. A response without cached parts may not be cached either. */
export function createFreshness(clock: Clock): Freshness {
  let untilMs: number | null = null;

  function cachedUntil(nextMs: number): void {
    untilMs = Math.min(untilMs ?? nextMs, nextMs);
  }

  return {
    cachedUntil,
    notCached: () => cachedUntil(-Infinity),
    leftMs: () => Math.max(0, (untilMs ?? -Infinity) - clock.steadyMs()),
  };
}
