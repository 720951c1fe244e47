import { createMatcher } from './match.ts';
import type { Match, Matcher } from './match.ts';

/** A stop at which matching requests wait until they are let go. */
export interface Hold {
  /** How many requests wait now. */
  readonly held: number;
  /** Resolves as soon as this many requests have come here since the hold was set up. */
  readonly arrived: (count: number) => Promise<void>;
  /** Lets all go, and all that come later. */
  readonly release: () => void;
}

export interface Holds {
  readonly add: (match: Match) => Hold;
  /** Resolves at once when no hold is in the way, otherwise when the hold is released or the client has gone. */
  readonly pass: (request: {
    readonly method: string;
    readonly target: string;
    readonly signal: AbortSignal;
  }) => Promise<void>;
  readonly releaseAll: () => void;
}

/** Keeps the holds that are set up, so that a test can order events without sleeping. */
export function createHolds(): Holds {
  const holds = new Set<{ readonly matches: Matcher; wait(signal: AbortSignal): Promise<void>; release(): void }>();

  return {
    add(match) {
      const released = Promise.withResolvers<void>();
      const awaited: { readonly count: number; readonly resolve: () => void }[] = [];
      let total = 0;
      let held = 0;

      async function wait(signal: AbortSignal): Promise<void> {
        total += 1;
        held += 1;
        awaited.filter(({ count }) => count === total).forEach(({ resolve }) => resolve());
        const gone = Promise.withResolvers<void>();
        const leave = (): void => gone.resolve();
        signal.addEventListener('abort', leave);
        await Promise.race([released.promise, gone.promise]);
        signal.removeEventListener('abort', leave);
        held -= 1;
      }

      function release(): void {
        holds.delete(entry);
        released.resolve();
      }

      const entry = { matches: createMatcher(match), wait, release };
      holds.add(entry);
      return {
        get held() {
          return held;
        },
        arrived(count) {
          const { promise, resolve } = Promise.withResolvers<void>();
          awaited.push({ count, resolve });
          if (count <= total) {
            resolve();
          }
          return promise;
        },
        release,
      };
    },

    async pass(request) {
      for (const hold of holds) {
        if (hold.matches(request) && !request.signal.aborted) {
          // One after the other: a request that several holds stop has to be let go by each.
          // oxlint-disable-next-line no-await-in-loop
          await hold.wait(request.signal);
        }
      }
    },

    releaseAll() {
      holds.forEach((hold) => hold.release());
    },
  };
}
