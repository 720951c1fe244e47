/** The circuit breaker for Graph: https://learn.microsoft.com/en-us/azure/architecture/patterns/circuit-breaker */
import type { Clock } from '../../clock.ts';
import { GraphError } from '../error.ts';
import type { Outcome } from './outcome.ts';

/** Whether requests are sent to Graph: as usual, not at all, or a single trial to see whether it has recovered. */
export type CircuitState = 'closed' | 'open' | 'half-open';

export interface CircuitBreaker {
  state(): CircuitState;
  /** Whether a request may be sent now: any while closed; otherwise a single trial after each pause. */
  mayPass(): boolean;
  /** Milliseconds until a trial may be sent; null while closed or while a trial is unanswered. */
  passesInMs(): number | null;
  /** Counts a request that is sent now. Returns how often the circuit has opened so far. */
  sent(): number;
  /**
   * Receives each outcome, with what `sent` returned for its request; null for a request aborted early because nobody
   * waited for it.
   */
  replied(outcome: Pick<Outcome, 'isFailure' | 'about'> | null, openedBefore: number): void;
  /** The error for a request that would only fail now; null when one may be sent. */
  refusal(): GraphError | null;
}

/** It opens after this many failures in a row within this time, across callers. Fewer may be due to one resource. */
const MOST_FAILURES = 10;
const FAILURES_WITHIN_MS = 30_000;
/** And only if they concern at least this many resources: fewer may fail by themselves. */
const LEAST_RESOURCES = 3;
/** How long Graph is left alone at first. Each failed trial doubles it, up to the longest. */
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 30_000;

/** Creates a closed circuit. */
export function createCircuitBreaker(clock: Clock): CircuitBreaker {
  /** The failures since the last good response, the newest last. */
  let failures: readonly { readonly atMs: number; readonly about: string | null }[] = [];
  let opened = 0;
  let pauseMs = FIRST_PAUSE_MS;
  /** Null while closed. */
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
      // A request sent before the circuit opened says nothing about recovery, unless it succeeds after all.
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
      // A failure about no single resource counts as its own.
      const resources = new Set(failures.map(({ about }, index) => about ?? index));
      const isOften =
        failures.length === MOST_FAILURES && failures.every(({ atMs }) => now - atMs < FAILURES_WITHIN_MS);
      const isDead = isOften && resources.size >= LEAST_RESOURCES;
      if (wasTrying || (openUntilMs === null && isDead)) open();
    },
    refusal() {
      if (openUntilMs === null || mayPass()) return null;
      return new GraphError(
        'The last requests to Microsoft Graph failed, so the gateway has paused its requests. Retry later.',
        { reason: 'unreachable', retryAfterMs: Math.max(1_000, openUntilMs - clock.steadyMs()) },
      );
    },
  };
}
