/** For how long whoever has the answer to one operation may keep it: no longer than the gateway keeps what it is made of. */
import type { Clock } from '../msgraph/clock.ts';

export interface Freshness {
  /** Told of something that goes into the answer, and that is kept until then in milliseconds of the steady clock. */
  readonly keptUntil: (untilMs: number) => void;
  /** Told of something that goes into the answer and is kept nowhere. */
  readonly notKept: () => void;
  /** For how many milliseconds the answer may be kept; 0 where it may not. */
  readonly leftMs: () => number;
}

/** Creates the freshness of one operation. An answer that is made of nothing that is kept may not be kept either. */
export function createFreshness(clock: Clock): Freshness {
  let untilMs: number | null = null;

  function keptUntil(nextMs: number): void {
    untilMs = Math.min(untilMs ?? nextMs, nextMs);
  }

  return {
    keptUntil,
    notKept: () => keptUntil(-Infinity),
    leftMs: () => Math.max(0, (untilMs ?? -Infinity) - clock.steadyMs()),
  };
}
