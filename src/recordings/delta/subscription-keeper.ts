/** The subscription at Graph that wakes the rounds of one organizer, kept by the replica that runs them. */
import { z } from 'zod';
import { nothingToCancel } from '../../clock.ts';
import type { Clock } from '../../clock.ts';
import type { GraphSubscription, GraphSubscriptions } from '../../msgraph/graph-subscription.ts';
import type { Operation } from '../../msgraph/operation.ts';
import type { Store } from '../../store/store.ts';

export interface SubscriptionKeeper {
  /** Sees to it, from now on, that there is a subscription that lasts. Called when the rounds have come to this replica. */
  readonly keep: () => void;
  /** Whether there is one, so that rounds in between are only for what Graph forgets. */
  readonly isKept: () => boolean;
  /**
   * Extends the subscription although it still lasts, or makes another where there is none any more: Graph has said that it
   * has to be. However often that is said, once a minute is often enough.
   */
  check(): void;
  /** Looks after it no longer. When nothing is under way any more, ends it where `mayEnd` says so, which answers while the lease is ours. */
  stop(mayEnd: () => Promise<boolean>): Promise<void>;
}

export interface SubscriptionKeeperParts {
  readonly store: Store;
  readonly key: string;
  readonly organizerId: string;
  /** Comes back with each notification, and says whose it is. */
  readonly clientState: string;
  readonly subscriptions: GraphSubscriptions;
  /** Tells what a subscription is made with: one that was made with something else is made anew. */
  readonly madeWith: string;
  readonly clock: Clock;
  readonly newOperation: () => Operation;
  /** Whether the rounds are this replica's still. */
  readonly hasLease: () => boolean;
  /** Told when a subscription was made: of what came before it nobody was told. */
  readonly onNew: () => void;
  /** Told when the subscription could not be kept. The rounds go on without, and it is tried again. */
  readonly onFailure: (error: unknown) => void;
}

const note = z.object({ id: z.string(), expiresAtMs: z.number(), madeWith: z.string() });

/** It is extended when so much of its time is left, which is long enough for many tries. */
const RENEW_BEFORE_MS = 24 * 60 * 60_000;
/** One that lasts less than that is looked at again so soon. */
const SHORTEST_LOOK_MS = 60_000;
const CHECK_GAP_MS = 60_000;
/** What could not be kept is tried again so soon. */
const KEEP_AGAIN_MS = 60_000;

/** Keeps nothing: where Graph cannot reach us, rounds are due by the clock alone. */
export const noSubscription: SubscriptionKeeper = {
  keep() {},
  isKept: () => false,
  check() {},
  stop: () => Promise.resolve(),
};

/** Creates what keeps the subscription of one organizer. What is known of it is in the store, for whoever runs the rounds next. */
export function createSubscriptionKeeper(parts: SubscriptionKeeperParts): SubscriptionKeeper {
  const { store, key, organizerId, clientState, subscriptions, clock } = parts;
  let isKept = false;
  let isStopped = false;
  let cancelTimer = nothingToCancel;
  let cancelCheck = nothingToCancel;
  let isCheckDue = false;
  let checkNotBeforeMs = 0;
  let last: Promise<void> = Promise.resolve();

  async function read(): Promise<z.output<typeof note> | null> {
    const text = await store.readNote(key);
    return text === null ? null : note.parse(JSON.parse(text));
  }

  async function write(subscription: GraphSubscription): Promise<z.output<typeof note>> {
    const kept = { ...subscription, madeWith: parts.madeWith };
    await store.writeNote(key, JSON.stringify(kept), Math.max(1, kept.expiresAtMs - clock.now()));
    return kept;
  }

  function lookAgainAt(atMs: number): void {
    cancelTimer();
    if (!isStopped) cancelTimer = clock.after(Math.max(SHORTEST_LOOK_MS, atMs - clock.now()), keep);
  }

  /** Creates, extends or renews it. */
  async function ensure(mustRenew: boolean, operation: Operation): Promise<void> {
    let kept = await read();
    if (kept !== null && kept.madeWith !== parts.madeWith) {
      await subscriptions.remove(kept.id, operation);
      kept = null;
    }
    if (kept !== null && (mustRenew || kept.expiresAtMs - clock.now() <= RENEW_BEFORE_MS)) {
      const renewed = await subscriptions.renew(kept.id, operation);
      kept = renewed === null ? null : await write(renewed);
    }
    if (kept === null) {
      kept = await write(await subscriptions.create(organizerId, clientState, operation));
      parts.onNew();
    }
    isKept = true;
    lookAgainAt(kept.expiresAtMs - RENEW_BEFORE_MS);
  }

  /** One after the other: two that ran together would each make a subscription of their own. */
  function enqueue(step: (operation: Operation) => Promise<void>): Promise<void> {
    const before = last;
    async function afterThose(): Promise<void> {
      await before;
      const operation = parts.newOperation();
      try {
        await step(operation);
      } catch (error) {
        isKept = false;
        parts.onFailure(error);
        lookAgainAt(clock.now() + KEEP_AGAIN_MS);
      } finally {
        operation.end();
      }
    }
    last = afterThose();
    return last;
  }

  function keep(): void {
    if (!isStopped && parts.hasLease()) void enqueue((operation) => ensure(false, operation));
  }

  return {
    keep,
    isKept: () => isKept,
    check() {
      if (isCheckDue) return;
      isCheckDue = true;
      cancelCheck = clock.after(Math.max(0, checkNotBeforeMs - clock.steadyMs()), () => {
        isCheckDue = false;
        checkNotBeforeMs = clock.steadyMs() + CHECK_GAP_MS;
        if (!isStopped && parts.hasLease()) void enqueue((operation) => ensure(true, operation));
      });
    },
    async stop(mayEnd) {
      isStopped = true;
      cancelTimer();
      cancelCheck();
      await enqueue(async (operation) => {
        if (!(await mayEnd())) return;
        const kept = await read();
        // First, while the lease holds: a replica that has it before Graph has answered would rely on the note.
        await store.removeNote(key);
        if (kept !== null) await subscriptions.remove(kept.id, operation);
      });
    },
  };
}
