/** Whether Graph is there at all: https://learn.microsoft.com/en-us/azure/architecture/patterns/circuit-breaker */
import type { Clock } from './clock.ts';
import { GraphError } from './error.ts';
import type { Outcome } from './outcome.ts';

/** Whether Graph is asked: as usual, not at all, or with a request now and then to see whether it answers again. */
export type CircuitState = 'closed' | 'open' | 'half-open';

export interface Circuit {
  state(): CircuitState;
  /** Whether a request may go now: any while Graph answers, and a single one now and then while it does not. */
  mayPass(): boolean;
  /** In how many milliseconds one may, if time alone brings it; null where an answer has to come first. */
  passesInMs(): number | null;
  /** Counts a request that goes now, and says how often the circuit had opened by then. */
  sent(): number;
  /**
   * Told of each answer, and of what `sent` said of its request; null for a request that came to nothing because nobody
   * waited for it.
   */
  replied(outcome: Pick<Outcome, 'isFailure' | 'about'> | null, openedBefore: number): void;
  /** The error for whoever would ask now, of which nothing would come; null where something may. */
  refusal(): GraphError | null;
}

/** So many failures in a row and within so long, whoever asked, and Graph is taken for dead. Fewer may be one thing's trouble. */
const MOST_FAILURES = 10;
const FAILURES_WITHIN_MS = 30_000;
/** Of so many things at least: fewer may be their own trouble. */
const LEAST_THINGS = 3;
/** So long it is left alone then, and each time that it still does not answer twice as long. */
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 30_000;

/** Creates a closed circuit. */
export function createCircuit(clock: Clock): Circuit {
  /** The failures since the last good answer, the newest last. */
  let failures: readonly { readonly atMs: number; readonly about: string | null }[] = [];
  let opened = 0;
  let pauseMs = FIRST_PAUSE_MS;
  /** While it is open. */
  let openUntilMs: number | null = null;
  let isTrying = false;

  function open(): void {
    openUntilMs = clock.steadyMs() + pauseMs;
    opened += 1;
    pauseMs = Math.min(LONGEST_PAUSE_MS, 2 * pauseMs);
  }

  const mayPass = (): boolean => openUntilMs === null || (!isTrying && clock.steadyMs() >= openUntilMs);

  return {
    state() {
      if (openUntilMs === null) return 'closed';
      return isTrying || clock.steadyMs() >= openUntilMs ? 'half-open' : 'open';
    },
    mayPass,
    passesInMs: () => (openUntilMs === null || isTrying ? null : Math.max(0, openUntilMs - clock.steadyMs())),
    sent() {
      isTrying = openUntilMs !== null;
      return opened;
    },
    replied(outcome, openedBefore) {
      // What was sent before it opened says nothing about whether Graph is there again, unless it is answered after all.
      if (openedBefore !== opened && outcome?.isFailure !== false) return;
      const wasTrying = isTrying;
      isTrying = false;
      if (outcome === null) return;
      if (!outcome.isFailure) {
        failures = [];
        pauseMs = FIRST_PAUSE_MS;
        openUntilMs = null;
        return;
      }
      const now = clock.steadyMs();
      failures = [...failures, { atMs: now, about: outcome.about }].slice(-MOST_FAILURES);
      // What is about no single thing counts as one of its own.
      const things = new Set(failures.map(({ about }, index) => about ?? index));
      const isOften =
        failures.length === MOST_FAILURES && failures.every(({ atMs }) => now - atMs < FAILURES_WITHIN_MS);
      const isDead = isOften && things.size >= LEAST_THINGS;
      if (wasTrying || (openUntilMs === null && isDead)) open();
    },
    refusal() {
      if (openUntilMs === null || mayPass()) return null;
      return new GraphError(
        'Microsoft Graph has not answered the last requests, and is not asked again for a while. Try again later.',
        { reason: 'unreachable', retryAfterMs: Math.max(1_000, openUntilMs - clock.steadyMs()) },
      );
    },
  };
}
