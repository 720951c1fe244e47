/** Runs the rounds of one organizer, as long as this replica has the lease for them. */
import { nothingToCancel } from '../../clock.ts';
import type { Clock } from '../../clock.ts';
import { GraphError } from '../../msgraph/error.ts';
import { pauseFor } from '../../msgraph/retry.ts';
import type { Store } from '../../store/store.ts';
import { LeaseLostError } from './log.ts';

/** How often an organizer is asked for. */
interface Intervals {
  /** From one round to the next for an organizer who was active just now, in milliseconds. */
  readonly shortestMs: number;
  /** The same for one who is quiet, or for whom Graph wakes us. */
  readonly longestMs: number;
}

export interface PollerParts {
  readonly store: Store;
  readonly key: string;
  /** Tells this poller from those of other replicas, and from those that were here before. */
  readonly holder: string;
  readonly clock: Clock;
  /** A number from 0 to 1, for jitter. */
  readonly random: () => number;
  readonly intervals: Intervals;
  /** Whether Graph wakes us for this organizer, so that rounds in between are for what it forgets. */
  readonly isWoken: () => boolean;
  /** Runs one round under the lease, and says whether anything was added. The signal aborts when the lease may be another's. */
  readonly round: (fence: number, signal: AbortSignal) => Promise<boolean>;
  /** Called when the lease has come to this replica, before the first round. */
  readonly onLease: () => void;
  /** Called after each round, and after each try for the lease that did not bring it to this replica. */
  readonly onOutcome: (outcome: PollerOutcome) => void;
}

export type PollerOutcome =
  { readonly kind: 'round' | 'elsewhere' | 'kept' } | { readonly kind: 'failed'; readonly error: unknown };

export interface Poller {
  /** Brings the next round forward, if this replica runs them. However often it is called, it causes one round a second at most. */
  readonly wake: () => void;
  /** Tries for the lease at once: another replica has given it back, or the store is there again. */
  readonly tryForLease: () => void;
  hasLease(): boolean;
  /** Runs no more rounds. Resolves when the one that is under way is over. */
  stop(): Promise<void>;
}

/** Whoever has the lease and is gone leaves the organizer without rounds for so long. */
const LEASE_MS = 6_000;

/** Between the starts of two rounds, however often Graph wakes us, is at least so much. */
const SHORTEST_GAP_MS = 1_000;

/** By how much the interval of an organizer grows with each round that finds nothing. */
const GROWTH = 1.5;

/** Starts to try for the lease, and to run rounds while it is ours. */
export function startPoller(parts: PollerParts): Poller {
  const { store, key, holder, clock, intervals } = parts;
  let fence: number | null = null;
  let intervalMs = intervals.shortestMs;
  let failures = 0;
  /** When the next round is due. */
  let dueAtMs = 0;
  /** Before this there is none, whatever wakes us. */
  let notBeforeMs = 0;
  let running: Promise<void> | null = null;
  let trying: Promise<void> | null = null;
  let isStopped = false;
  let cancelLeaseTimer = nothingToCancel;
  let cancelLeaseEnd = nothingToCancel;
  let breakOffRound = nothingToCancel;
  let cancelRoundTimer = nothingToCancel;

  /** Another replica may run rounds from now on, and two at once would each ask Graph for all of it. */
  function loseLease(): void {
    fence = null;
    breakOffRound();
  }

  async function tryOnce(): Promise<void> {
    try {
      // Of what the store answers late, the time that it took is over already.
      const endsAtMs = clock.steadyMs() + LEASE_MS;
      const given = await store.lease(key, holder, LEASE_MS);
      // As it is now: it may have run out meanwhile.
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
      // Whether the lease is still ours nobody can tell, and by the time that the store is there again it may not be.
      fence = null;
      parts.onOutcome({ kind: 'failed', error });
    }
  }

  function tryForLease(): void {
    if (isStopped) return;
    trying ??= tryOnce().finally(() => {
      trying = null;
      cancelLeaseTimer();
      if (!isStopped) cancelLeaseTimer = clock.after(LEASE_MS / 3, tryForLease);
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
    // Whatever wakes us from here on wants another round, because this one may be past what it is about.
    dueAtMs = Infinity;
    const controller = new AbortController();
    breakOffRound = () => controller.abort();
    try {
      const hasFound = await parts.round(under, controller.signal);
      failures = 0;
      intervalMs = hasFound ? intervals.shortestMs : Math.min(intervals.longestMs, intervalMs * GROWTH);
      parts.onOutcome({ kind: 'round' });
    } catch (error) {
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
    // What has failed nobody wakes us for once more.
    const nextMs = failures > 0 ? again : parts.isWoken() ? intervals.longestMs : intervalMs;
    // Replicas and organizers that began together do not stay together.
    dueAtMs = Math.min(dueAtMs, clock.steadyMs() + nextMs * (0.8 + 0.4 * parts.random()));
  }

  tryForLease();
  return {
    wake() {
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
