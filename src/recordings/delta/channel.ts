/** A channel: what this replica does for one organizer with subscribers. */
import type { Operation } from '../../msgraph/operation.ts';
import { StoreError } from '../../store/error.ts';
import { createBackoff } from './backoff.ts';
import type { Addition } from './catch-up.ts';
import { followLog } from './follower.ts';
import type { DeltaLogState } from './log.ts';
import { announce, errorOf, reasonOf } from './message.ts';
import type { FeedMessage } from './message.ts';
import { startPoller } from './poller.ts';
import type { PollerOutcome, PollerParts } from './poller.ts';
import type { DeltaPosition } from './position.ts';
import { runRound } from './round.ts';
import type { RoundParts } from './round.ts';
import { createRunningOperations } from './running-operations.ts';
import { createStanding } from './standing.ts';
import { createSubscriptionKeeper, noSubscription } from './subscription-keeper.ts';
import type { SubscriptionKeeper, SubscriptionKeeperParts } from './subscription-keeper.ts';

export interface ChannelParts
  extends
    Pick<RoundParts, 'client' | 'log' | 'organizerId'>,
    Pick<PollerParts, 'store' | 'key' | 'holder' | 'clock' | 'random' | 'intervals'> {
  /** Creates an operation for background work, which has no caller. */
  readonly newOperation: () => Operation;
  /** The subscription at Graph that triggers rounds; null if Graph cannot reach this gateway. */
  readonly subscription: Pick<SubscriptionKeeperParts, 'subscriptions' | 'clientState' | 'madeWith'> | null;
  /** Called with each background failure. */
  readonly onFailure: (what: string, error: unknown) => void;
  /** Called after each round that has ended here, failed or not. */
  readonly onRound?: ((hasFailed: boolean) => void) | undefined;
}

export interface Channel {
  /** The state of the log; null while there is none. */
  state(): DeltaLogState | null;
  /** Resolves when the log is complete. Rejects while it is not and the rounds fail or the store is unreachable. */
  ready(): Promise<void>;
  /**
   * Resolves when a round has ended since this channel opened. If rounds fail or the store is unreachable, it resolves
   * if one has ended earlier, and rejects otherwise: what the log lacks is then not known to be new.
   */
  upToNow(): Promise<void>;
  /** The additions after a position, as many as one event holds; null if there are none yet. */
  additionAfter(position: DeltaPosition): Promise<Addition | null>;
  /** Whether the log may lack recordings: the rounds fail, the store is unreachable, or it has lost the log. */
  isBehind(): boolean;
  /** When the log was last known to be current, here or in another replica, by `steadyMs` of the clock. */
  currentAtMs(): number;
  /** Resolves at the next change. */
  nextChange(): Promise<void>;
  /** Whether the log has records after a position of it. */
  hasMoreThan(position: DeltaPosition): boolean;
  /** Whether the newest round has failed, here or in another replica. */
  hasFailed(): boolean;
  /** Brings the next round forward, in the replica that runs it. */
  hurry(): void;
  onMessage(message: FeedMessage): void;
  /** Called when messages may have been missed. */
  onGap(): void;
  /** Ends the rounds here, and the subscription at Graph unless another replica takes it over. */
  close(): Promise<void>;
}

/** How long the lease is kept while it is handed over. */
const HANDOVER_LEASE_MS = 5_000;

/** Follows the log of one organizer, and runs its rounds while no other replica does. */
export function openChannel(parts: ChannelParts): Channel {
  const { key, log, store, clock } = parts;
  let isClosed = false;
  let hasJoined = false;
  let isNowAwaited = false;
  const standing = createStanding(clock);
  const { noteChange } = standing;

  function noteUnreachable(error: unknown): void {
    // Once is enough: notified subscribers query again at once, and their queries fail at once. A closed channel has
    // none, and its store may be closing too.
    if (isClosed || standing.isStoreUnreachable()) return;
    parts.onFailure('the store that replicas share is unreachable', error);
    standing.noteStoreUnreachable();
  }

  const follower = followLog(log, (error) => (error === null ? noteChange() : noteUnreachable(error)));

  /** Notifies every replica. One that misses the message finds out when it next reads the log. */
  function publish(kind: FeedMessage['kind'], details: Pick<FeedMessage, 'reason' | 'isUpToNow'> = {}): void {
    announce(store, { key, kind, ...details }).catch(noteUnreachable);
  }

  function publishBehind(error: unknown): void {
    publish('behind', { reason: reasonOf(error), isUpToNow: standing.isUpToNow() });
  }

  const operations = createRunningOperations(parts.newOperation);
  const backoff = createBackoff({ clock, shortestMs: parts.intervals.shortestMs, onOver: noteChange });

  /** Requests a round, which may not be due for a while. Repeated, because messages can be lost. */
  function requestRound(): void {
    if (isNowAwaited && standing.isRoundToCome()) publish('wake');
  }

  async function noteRound(): Promise<void> {
    standing.noteCurrent();
    await follower.readSoon();
    standing.noteRoundRead();
  }

  function onOutcome(outcome: PollerOutcome): void {
    // A round that closing has aborted is no failure.
    if (isClosed) return;
    if (outcome.kind === 'failed') {
      if (outcome.error instanceof StoreError) return noteUnreachable(outcome.error);
      parts.onFailure('a round of change tracking failed', outcome.error);
      parts.onRound?.(true);
      standing.noteFailure({ error: outcome.error, wasUpToNow: standing.isUpToNow() });
      publishBehind(outcome.error);
      return noteChange();
    }
    // The store is reachable then, and may have been unreachable for less time than it takes to lose the lease.
    if (outcome.kind === 'kept') return standing.isStoreUnreachable() ? poller.wake() : undefined;
    standing.noteStoreReachable();
    if (outcome.kind === 'elsewhere') {
      // The end of a failure may have been missed, and only a round tells it.
      if (!hasJoined) publish(standing.failure() === null ? 'joined' : 'wake');
      hasJoined = true;
      requestRound();
      return void follower.readSoon();
    }
    standing.forgetFailure();
    parts.onRound?.(false);
    publish('current');
    void noteRound();
  }

  const keeper: SubscriptionKeeper =
    parts.subscription === null
      ? noSubscription
      : createSubscriptionKeeper({
          ...parts,
          ...parts.subscription,
          hasLease: () => poller.hasLease(),
          onNew: () => poller.wake(),
          onFailure: (error) => parts.onFailure('the subscription at Microsoft Graph could not be maintained', error),
        });

  const poller = startPoller({
    ...parts,
    onLease: keeper.keep,
    isWoken: keeper.isKept,
    onOutcome,
    round: (fence, signal) =>
      operations.run(async (operation) => {
        signal.addEventListener('abort', () => operation.end(), { once: true });
        const before = await log.read();
        const after = await runRound({ ...parts, operation, fence });
        return after.log.head > (before?.log.head ?? 0);
      }),
  });

  const reactions: Record<FeedMessage['kind'], (message: FeedMessage) => void> = {
    appended: () => void follower.readSoon(),
    behind({ reason, isUpToNow = false }) {
      if (!poller.hasLease()) standing.noteFailure({ error: errorOf(reason), wasUpToNow: isUpToNow });
      noteChange();
    },
    joined() {
      const failure = standing.failure();
      if (poller.hasLease() && failure !== null) publishBehind(failure.error);
    },
    current() {
      if (!poller.hasLease()) standing.forgetFailure();
      void noteRound();
    },
    released: poller.tryForLease,
    wake: ({ isNotified }) => poller.wake(isNotified),
    subscriptionChanged: keeper.check,
  };

  return {
    state: follower.state,
    async upToNow() {
      isNowAwaited = true;
      if (hasJoined) requestRound();
      while (standing.isRoundToCome()) await standing.nextChange();
      if (!standing.hasBeenCurrent()) standing.throwIfFailing();
    },
    async ready() {
      while (follower.state()?.isComplete !== true) {
        standing.throwIfFailing();
        await standing.nextChange();
      }
    },
    additionAfter: (position) =>
      follower.additionAfter(
        {
          ...parts,
          mayRestore: standing.mayRestore(),
          withOperation: (work) => backoff.run(() => operations.run(work)),
        },
        position,
      ),
    isBehind: () =>
      standing.isStoreUnreachable() || standing.failure() !== null || follower.state()?.isComplete !== true,
    currentAtMs: standing.currentAtMs,
    nextChange: standing.nextChange,
    hasMoreThan({ epoch, number }) {
      const position = follower.state()?.position;
      return position !== undefined && position.epoch === epoch && number < position.number;
    },
    hasFailed: () => standing.failure() !== null,
    hurry: () => publish('wake'),
    onMessage: (message) => reactions[message.kind](message),
    onGap() {
      standing.noteGap();
      hasJoined = false;
      keeper.check();
      void follower.readSoon();
      poller.tryForLease();
      poller.wake();
    },
    async close() {
      isClosed = true;
      backoff.end();
      operations.endAll();
      await poller.stop();
      try {
        await keeper.stop(async () => {
          // The lease may have been lost while the last round ended. Then the subscription is another replica's.
          const isOurs = poller.hasLease() && (await store.lease(key, parts.holder, HANDOVER_LEASE_MS)) !== null;
          return isOurs && !(await store.isLeaseWanted(key, parts.holder));
        });
        await store.releaseLease(key, parts.holder);
        // Awaited, because the store may close as soon as this channel has.
        await announce(store, { key, kind: 'released' });
      } catch (error) {
        // The lease expires by itself, and so does the subscription.
        parts.onFailure('change tracking for an organizer could not be handed over to another replica', error);
      }
    },
  };
}
