/** What a replica knows about the rounds of one organizer, run here or elsewhere, and about the store. */
import type { Clock } from '../../clock.ts';
import { StoreError } from '../../store/error.ts';

interface Failure {
  readonly error: unknown;
  /** Whether the replica that ran the round has had a successful one before it, since its channel was opened. */
  readonly wasUpToNow: boolean;
}

export interface Standing {
  /** Resolves at the next change. */
  readonly nextChange: () => Promise<void>;
  /** Resolves `nextChange` for all that wait. */
  readonly noteChange: () => void;
  /** Why the newest round has failed; null if it has not. */
  readonly failure: () => Failure | null;
  readonly noteFailure: (failure: Failure) => void;
  readonly forgetFailure: () => void;
  readonly isStoreUnreachable: () => boolean;
  /** The log may be incomplete until a round has run since, or another replica is known to run them. */
  readonly noteStoreUnreachable: () => void;
  readonly noteStoreReachable: () => void;
  /** Whether the log may have lost its newest records, which the round after a failover of the store restores. */
  readonly mayRestore: () => boolean;
  /** Called when messages may have been missed. */
  readonly noteGap: () => void;
  /** Whether a round has ended since the channel was opened, and its result is read. */
  readonly isUpToNow: () => boolean;
  /** Whether such a round can be expected. */
  readonly isRoundToCome: () => boolean;
  /** Called when a round has ended and its result is read. */
  readonly noteRoundRead: () => void;
  /** When the log was last known to be current, by `steadyMs` of the clock. A new channel is not late yet. */
  readonly currentAtMs: () => number;
  /** Called when a round has ended. */
  readonly noteCurrent: () => void;
  /** Throws the reason if the rounds fail, or if the store is unreachable. */
  readonly throwIfFailing: () => void;
  /** Whether the log had everything at some time since a replica has followed it: what comes later is new. */
  readonly hasBeenCurrent: () => boolean;
}

/** Creates the standing of a channel that opens. */
export function createStanding(clock: Clock): Standing {
  let failure: Failure | null = null;
  let isStoreUnreachable = false;
  let mayRestore = true;
  let isUpToNow = false;
  let currentAtMs = clock.steadyMs();
  let change = Promise.withResolvers<void>();

  function noteChange(): void {
    change.resolve();
    change = Promise.withResolvers();
  }

  return {
    nextChange: () => change.promise,
    noteChange,
    failure: () => failure,
    noteFailure(newest) {
      failure = newest;
    },
    forgetFailure() {
      failure = null;
    },
    isStoreUnreachable: () => isStoreUnreachable,
    noteStoreUnreachable() {
      isStoreUnreachable = true;
      mayRestore = true;
      noteChange();
    },
    noteStoreReachable() {
      isStoreUnreachable = false;
    },
    mayRestore: () => mayRestore,
    noteGap() {
      mayRestore = true;
    },
    isUpToNow: () => isUpToNow,
    isRoundToCome: () => !isUpToNow && failure === null && !isStoreUnreachable,
    noteRoundRead() {
      if (isStoreUnreachable || (isUpToNow && !mayRestore)) return;
      isUpToNow = true;
      mayRestore = false;
      noteChange();
    },
    hasBeenCurrent: () => isUpToNow || failure?.wasUpToNow === true,
    currentAtMs: () => currentAtMs,
    noteCurrent() {
      currentAtMs = clock.steadyMs();
    },
    throwIfFailing() {
      if (failure !== null) throw failure.error;
      if (isStoreUnreachable) throw new StoreError('The store that replicas share is unreachable. Retry later.');
    },
  };
}
