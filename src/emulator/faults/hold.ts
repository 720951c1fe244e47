/** Holds: requests that wait until a test releases them. */
import { createMatcher } from './match.ts';
import type { Match, Matcher } from './match.ts';

/** A point at which matching requests wait until they are released. */
export interface Hold {
  /** How many requests are waiting. */
  readonly held: number;
  /** Resolves as soon as this many requests have arrived since the hold was set up. */
  readonly arrived: (count: number) => Promise<void>;
  /** Releases all waiting requests, and lets later ones pass. */
  readonly release: () => void;
}

export interface Holds {
  readonly add: (match: Match) => Hold;
  /** Resolves at once when no hold matches, otherwise when the hold is released or the client disconnects. */
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
          // In sequence: a request that matches several holds must be released by each.
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
