/** Runs the rounds of one organizer while this replica has the lease for them. */
import { nothingToCancel } from '../../clock.ts';
import type { Clock } from '../../clock.ts';
import { GraphError } from '../../msgraph/error.ts';
import { pauseFor } from '../../msgraph/retry.ts';
import type { Store } from '../../store/store.ts';
import { LeaseLostError } from './log.ts';

/** How often an organizer is polled. */
interface Intervals {
  /** The interval for an organizer with recent additions, in milliseconds. */
  readonly shortestMs: number;
  /** The same for one without, or for which Graph sends notifications. */
  readonly longestMs: number;
}

export interface PollerParts {
  readonly store: Store;
  readonly key: string;
  /** Distinguishes this poller from those of other replicas, and from earlier ones of this replica. */
  readonly holder: string;
  readonly clock: Clock;
  /** A number from 0 to 1, for jitter. */
  readonly random: () => number;
  readonly intervals: Intervals;
  /** Whether Graph sends notifications for this organizer, so that scheduled rounds find only what those miss. */
  readonly isWoken: () => boolean;
  /**
   * Runs one round under the lease and returns whether anything was added. The signal aborts when the lease may be
   * another replica's.
   */
  readonly round: (fence: number, signal: AbortSignal) => Promise<boolean>;
  /** Called when this replica has acquired the lease, before the first round. */
  readonly onLease: () => void;
  /** Called after each round, and after each try for the lease that did not newly acquire it. */
  readonly onOutcome: (outcome: PollerOutcome) => void;
}

export type PollerOutcome =
  { readonly kind: 'round' | 'elsewhere' | 'kept' } | { readonly kind: 'failed'; readonly error: unknown };

export interface Poller {
  /**
   * Brings the next round forward, if this replica runs them. Causes at most one round a second, however often it is
   * called. `isNotified`: Graph has sent a notification, perhaps before it lists the recording.
   */
  readonly wake: (isNotified?: boolean) => void;
  /** Tries for the lease at once: another replica has released it, or the store is reachable again. */
  readonly tryForLease: () => void;
  hasLease(): boolean;
  /** Starts no more rounds. Resolves when the running one has ended. */
  stop(): Promise<void>;
}

/** The TTL of the lease. If its holder dies, the organizer has no rounds for this long. */
const LEASE_MS = 6_000;

/** The minimum time between the starts of two rounds, however many notifications arrive. */
const SHORTEST_GAP_MS = 1_000;

/**
 * How many rounds follow soon after one that a notification has brought forward, while they find nothing: Graph may list
 * a recording later. https://learn.microsoft.com/en-us/graph/delta-query-overview#processing-delays
 */
const FOLLOW_UPS = 2;

/** The factor by which the interval grows with each round that finds nothing or fails. */
const GROWTH = 1.5;

/** Starts to try for the lease, and to run rounds while this replica has it. */
export function startPoller(parts: PollerParts): Poller {
  const { store, key, holder, clock, intervals } = parts;
  let fence: number | null = null;
  let intervalMs = intervals.shortestMs;
  let failures = 0;
  /** How many rounds are still to follow. */
  let followUps = 0;
  /** When the next round is due. */
  let dueAtMs = 0;
  /** No round starts before this, whatever wakes the poller. */
  let notBeforeMs = 0;
  let running: Promise<void> | null = null;
  let trying: Promise<void> | null = null;
  let isStopped = false;
  let cancelLeaseTimer = nothingToCancel;
  let cancelLeaseEnd = nothingToCancel;
  let breakOffRound = nothingToCancel;
  let cancelRoundTimer = nothingToCancel;

  /** Another replica may run rounds from now on, and two at once would each fetch everything from Graph. */
  function loseLease(): void {
    fence = null;
    breakOffRound();
  }

  async function tryOnce(): Promise<void> {
    try {
      // Counted from the request: a late response has used up part of the TTL.
      const endsAtMs = clock.steadyMs() + LEASE_MS;
      const given = await store.lease(key, holder, LEASE_MS);
      // Read after the response: the lease may have expired meanwhile.
      const before = fence;
      if (given === null || (before !== null && given !== before)) loseLease();
      fence = given;
      cancelLeaseEnd();
      if (fence !== null) cancelLeaseEnd = clock.after(endsAtMs - clock.steadyMs(), loseLease);
      if (fence === null) parts.onOutcome({ kind: 'elsewhere' });
      else if (before === fence) parts.onOutcome({ kind: 'kept' });
      else {
        dueAtMs = 0;
        parts.onLease();
      }
    } catch (error) {
      // It is unknown whether this replica still has the lease, and it may not once the store is reachable again.
      fence = null;
      parts.onOutcome({ kind: 'failed', error });
    }
  }

  /** Jitter: replicas and organizers that started together drift apart. */
  function jittered(ms: number): number {
    return ms * (0.8 + 0.4 * parts.random());
  }

  function tryForLease(): void {
    if (isStopped) return;
    trying ??= tryOnce().finally(() => {
      trying = null;
      cancelLeaseTimer();
      if (!isStopped) cancelLeaseTimer = clock.after(jittered(LEASE_MS / 3), tryForLease);
      schedule();
    });
  }

  function schedule(): void {
    cancelRoundTimer();
    if (isStopped || fence === null || running !== null) return;
    const delayMs = Math.max(dueAtMs, notBeforeMs) - clock.steadyMs();
    if (delayMs > 0) cancelRoundTimer = clock.after(delayMs, schedule);
    else running = roundOnce(fence).finally(afterRound);
  }

  function afterRound(): void {
    running = null;
    schedule();
  }

  async function roundOnce(under: number): Promise<void> {
    notBeforeMs = clock.steadyMs() + SHORTEST_GAP_MS;
    // A wake-up from here on needs another round, because this one may be past the change.
    dueAtMs = Infinity;
    const expected = followUps;
    followUps = 0;
    let isToFollow = false;
    const controller = new AbortController();
    breakOffRound = () => controller.abort();
    try {
      const hasFound = await parts.round(under, controller.signal);
      failures = 0;
      intervalMs = hasFound ? intervals.shortestMs : Math.min(intervals.longestMs, intervalMs * GROWTH);
      isToFollow = !hasFound && expected > 0;
      if (isToFollow) followUps = Math.max(followUps, expected - 1);
      parts.onOutcome({ kind: 'round' });
    } catch (error) {
      followUps = Math.max(followUps, expected);
      if (error instanceof LeaseLostError || controller.signal.aborted) {
        if (fence === under) fence = null;
        dueAtMs = 0;
        return;
      }
      failures += 1;
      if (error instanceof GraphError)
        notBeforeMs = Math.max(notBeforeMs, clock.steadyMs() + pauseFor(error.retryAfterMs));
      parts.onOutcome({ kind: 'failed', error });
    }
    const again = Math.min(intervals.longestMs, intervals.shortestMs * GROWTH ** failures);
    // No second notification comes for a round that has failed.
    const nextMs = failures > 0 ? again : parts.isWoken() ? intervals.longestMs : intervalMs;
    const followsMs = isToFollow ? intervals.shortestMs * GROWTH ** (FOLLOW_UPS - expected) : Infinity;
    dueAtMs = Math.min(dueAtMs, clock.steadyMs() + jittered(Math.min(nextMs, followsMs)));
  }

  tryForLease();
  return {
    wake(isNotified = false) {
      if (isNotified) followUps = FOLLOW_UPS;
      dueAtMs = 0;
      schedule();
    },
    tryForLease,
    hasLease: () => fence !== null,
    async stop() {
      isStopped = true;
      cancelLeaseTimer();
      cancelRoundTimer();
      cancelLeaseEnd();
      await Promise.all([trying, running]);
    },
  };
}
