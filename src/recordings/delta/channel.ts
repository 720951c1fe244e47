/** What goes on in this replica about one organizer to whose recordings somebody listens. */
import { StoreError } from '../../store/error.ts';
import type { Operation } from '../../msgraph/operation.ts';
import type { Addition } from './catch-up.ts';
import { followLog } from './follower.ts';
import type { DeltaLogState } from './log.ts';
import { announce } from './message.ts';
import type { FeedMessage } from './message.ts';
import { startPoller } from './poller.ts';
import type { PollerOutcome, PollerParts } from './poller.ts';
import type { DeltaPosition } from './position.ts';
import { runRound } from './round.ts';
import type { RoundParts } from './round.ts';
import { createSubscriptionKeeper, noSubscription } from './subscription-keeper.ts';
import type { SubscriptionKeeper, SubscriptionKeeperParts } from './subscription-keeper.ts';

export interface ChannelParts
  extends
    Pick<RoundParts, 'client' | 'log' | 'organizerId'>,
    Pick<PollerParts, 'store' | 'key' | 'holder' | 'clock' | 'random' | 'intervals'> {
  /** Begins what is done for nobody in particular. */
  readonly newOperation: () => Operation;
  /** What wakes the rounds; null where Graph cannot reach us. */
  readonly subscription: Pick<SubscriptionKeeperParts, 'subscriptions' | 'clientState'> | null;
  /** Told what fails in the background. */
  readonly onFailure: (what: string, error: unknown) => void;
}

export interface Channel {
  /** Where the log stands; null while there is none. */
  state(): DeltaLogState | null;
  /** Resolves when the log has everything up to now. Rejects when it never had and the rounds fail, or the store is away. */
  ready(): Promise<void>;
  /** What comes after a position, as much as one answer holds; null when there is nothing yet. */
  additionAfter(position: DeltaPosition): Promise<Addition | null>;
  /** Whether there may be more than the log has: the rounds fail, the store is away, or it has lost the log. */
  isBehind(): boolean;
  /** Resolves when anything changes from now on. */
  nextChange(): Promise<void>;
  onMessage(kind: FeedMessage['kind']): void;
  /** Messages may have been missed. */
  onGap(): void;
  /** Ends the rounds here, and the subscription at Graph unless another replica goes on with it. */
  close(): Promise<void>;
}

/** Follows the log of one organizer, and runs its rounds while no other replica does. */
export function openChannel(parts: ChannelParts): Channel {
  const { key, log, store } = parts;
  let isClosed = false;
  let isStoreAway = false;
  /** Why the rounds fail, here or in another replica. */
  let failure: { readonly error: unknown } | null = null;
  let change = Promise.withResolvers<void>();

  function noteChange(): void {
    change.resolve();
    change = Promise.withResolvers();
  }

  /** Until a round has run since, or somebody else is known to run them, nobody can say that nothing is missing. */
  function noteAway(error: unknown): void {
    parts.onFailure('the store that replicas share cannot be reached', error);
    isStoreAway = true;
    noteChange();
  }

  const follower = followLog(log, (error) => (error === null ? noteChange() : noteAway(error)));

  /** Tells every replica. Who is not told finds out when it next reads the log. */
  function tell(kind: FeedMessage['kind']): void {
    announce(store, { key, kind }).catch(noteAway);
  }

  async function withOperation<Outcome>(work: (operation: Operation) => Promise<Outcome>): Promise<Outcome> {
    const operation = parts.newOperation();
    try {
      return await work(operation);
    } finally {
      operation.end();
    }
  }

  function onOutcome(outcome: PollerOutcome): void {
    // That a round was broken off because of it is nobody's failure.
    if (isClosed) return;
    if (outcome.kind === 'failed') {
      if (outcome.error instanceof StoreError) return noteAway(outcome.error);
      parts.onFailure('a round of change tracking failed', outcome.error);
      if (failure === null) tell('behind');
      failure = outcome;
      return noteChange();
    }
    isStoreAway = false;
    if (outcome.kind === 'round') {
      if (failure !== null || follower.state()?.isComplete !== true) tell('current');
      failure = null;
    }
    follower.readSoon();
  }

  const keeper: SubscriptionKeeper =
    parts.subscription === null
      ? noSubscription
      : createSubscriptionKeeper({
          ...parts,
          ...parts.subscription,
          hasLease: () => poller.hasLease(),
          onNew: () => poller.wake(),
          onFailure: (error) => parts.onFailure('the subscription at Microsoft Graph could not be kept', error),
        });

  const poller = startPoller({
    ...parts,
    onLease: keeper.keep,
    isWoken: keeper.isKept,
    onOutcome,
    round: (fence) =>
      withOperation(async (operation) => {
        const before = await log.read();
        const after = await runRound({ ...parts, operation, fence });
        return after.log.head > (before?.log.head ?? 0);
      }),
  });

  const reactions: Record<FeedMessage['kind'], () => void> = {
    appended: follower.readSoon,
    behind() {
      failure ??= { error: new Error('Another replica cannot ask Microsoft Graph at present.') };
      noteChange();
    },
    current() {
      failure = null;
      follower.readSoon();
    },
    released: poller.tryForLease,
    wake: poller.wake,
    reauthorizationRequired() {
      if (poller.hasLease()) keeper.reauthorize();
    },
    subscriptionRemoved() {
      if (poller.hasLease()) keeper.replace();
    },
  };

  return {
    state: follower.state,
    async ready() {
      while (follower.state()?.isComplete !== true) {
        if (failure !== null) throw failure.error;
        if (isStoreAway) throw new StoreError('The store that replicas share cannot be reached.');
        await change.promise;
      }
    },
    additionAfter: (position) => follower.additionAfter({ ...parts, withOperation }, position),
    isBehind: () => isStoreAway || failure !== null || follower.state()?.isComplete !== true,
    nextChange: () => change.promise,
    onMessage: (kind) => reactions[kind](),
    onGap() {
      follower.readSoon();
      poller.tryForLease();
      poller.wake();
    },
    async close() {
      isClosed = true;
      await poller.stop();
      if (!poller.hasLease()) return keeper.stop(true);
      try {
        await keeper.stop(await store.isLeaseWanted(key, parts.holder));
        await store.releaseLease(key, parts.holder);
        tell('released');
      } catch (error) {
        // The lease ends by itself, and the subscription too.
        parts.onFailure('the rounds of an organizer could not be handed over', error);
      }
    },
  };
}
