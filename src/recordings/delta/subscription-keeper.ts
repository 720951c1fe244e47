/** Keeps the subscription at Graph that triggers the rounds of one organizer, in the replica that runs them. */
import { z } from 'zod';
import { LONGEST_DELAY_MS, nothingToCancel } from '../../clock.ts';
import type { Clock } from '../../clock.ts';
import { GraphError } from '../../msgraph/error.ts';
import type { GraphSubscription, GraphSubscriptions } from '../../msgraph/notifications/graph-subscription.ts';
import type { Operation } from '../../msgraph/operation.ts';
import { pauseFor } from '../../msgraph/retry.ts';
import type { Store } from '../../store/store.ts';

export interface SubscriptionKeeper {
  /** Maintains the subscription from now on. Called when this replica has acquired the lease of the rounds. */
  readonly keep: () => void;
  /** Whether there is one, so that scheduled rounds find only what notifications miss. */
  readonly isKept: () => boolean;
  /**
   * Renews the subscription before it is due, or creates another if it no longer exists: Graph has requested it, or may
   * have. However often this is called, it renews at most once a minute. If that fails, or this replica does not run the
   * rounds, the next `keep` renews it.
   */
  readonly check: () => void;
  /**
   * Stops maintaining it. When pending work is done, removes the subscription if `mayEnd` allows it, which holds while
   * this replica has the lease.
   */
  stop(mayEnd: () => Promise<boolean>): Promise<void>;
}

export interface SubscriptionKeeperParts {
  readonly store: Store;
  readonly key: string;
  readonly organizerId: string;
  /** Returned with each notification; identifies the organizer. */
  readonly clientState: string;
  readonly subscriptions: GraphSubscriptions;
  /** Identifies the parts that a subscription is created with: one created with others is replaced. */
  readonly madeWith: string;
  readonly clock: Clock;
  readonly newOperation: () => Operation;
  /** Whether this replica still runs the rounds. */
  readonly hasLease: () => boolean;
  /** Called when a subscription has been created: earlier changes have caused no notification. */
  readonly onNew: () => void;
  /** Called when the subscription could not be kept. The rounds continue without it, and it is tried again. */
  readonly onFailure: (error: unknown) => void;
}

const note = z.object({ id: z.string(), expiresAtMs: z.number(), madeWith: z.string() });

/** It is renewed when this much of its time is left, which is enough for many tries. */
const RENEW_BEFORE_MS = 24 * 60 * 60_000;
/** The minimum time until the next check, for a subscription that lasts less than that. */
const SHORTEST_CHECK_MS = 60_000;
const CHECK_GAP_MS = 60_000;
/** The delay of the first retry. It doubles with each: Graph may refuse an organizer's subscription for good. */
const KEEP_AGAIN_MS = 60_000;
const LONGEST_KEEP_AGAIN_MS = 60 * 60_000;

/** Keeps nothing: if Graph cannot reach this gateway, rounds run by schedule only. */
export const noSubscription: SubscriptionKeeper = {
  keep() {},
  isKept: () => false,
  check() {},
  stop: () => Promise.resolve(),
};

/**
 * Creates the keeper of one organizer's subscription. Its state is in the store, for the next replica that runs the
 * rounds.
 */
export function createSubscriptionKeeper(parts: SubscriptionKeeperParts): SubscriptionKeeper {
  const { store, key, organizerId, clientState, subscriptions, clock } = parts;
  let isKept = false;
  let isStopped = false;
  let cancelTimer = nothingToCancel;
  let cancelCheck = nothingToCancel;
  let isCheckDue = false;
  /** Whether Graph may have ended the subscription in the store, or will unless it is renewed. */
  let isInDoubt = false;
  let checkNotBeforeMs = 0;
  /** The number of failures in succession. */
  let failures = 0;
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

  async function renew(id: string, operation: Operation): Promise<z.output<typeof note> | null> {
    const renewed = await subscriptions.renew(id, operation);
    if (renewed !== null) return write(renewed);
    // Before another is created, which may fail: every later try would rely on the note.
    await store.removeNote(key);
    return null;
  }

  function checkAgainIn(delayMs: number): void {
    cancelTimer();
    if (isStopped) return;
    cancelTimer = clock.after(Math.min(LONGEST_DELAY_MS, Math.max(SHORTEST_CHECK_MS, delayMs)), keep);
  }

  /** Creates, renews or replaces it. */
  async function ensure(operation: Operation): Promise<void> {
    let kept = await read();
    if (kept !== null && kept.madeWith !== parts.madeWith) {
      await subscriptions.remove(kept.id, operation);
      kept = null;
    }
    const isCheck = isInDoubt && clock.steadyMs() >= checkNotBeforeMs;
    if (kept !== null && (isCheck || kept.expiresAtMs - clock.now() <= RENEW_BEFORE_MS)) {
      checkNotBeforeMs = clock.steadyMs() + CHECK_GAP_MS;
      const wasInDoubt = isInDoubt;
      // Not after the response: Graph may send a request meanwhile that this renewal does not fulfill.
      isInDoubt = false;
      kept = await renew(kept.id, operation).catch((error: unknown) => {
        isInDoubt ||= wasInDoubt;
        throw error;
      });
    }
    if (kept === null) {
      isInDoubt = false;
      kept = await write(await subscriptions.create(organizerId, clientState, operation));
      parts.onNew();
    }
    isKept = true;
    failures = 0;
    checkAgainIn(kept.expiresAtMs - RENEW_BEFORE_MS - clock.now());
    // It was too early.
    if (isInDoubt) check();
  }

  /** Runs steps one after the other: concurrent ones would each create a subscription. */
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
        const backoffMs = Math.min(LONGEST_KEEP_AGAIN_MS, KEEP_AGAIN_MS * 2 ** failures);
        const demandedMs = error instanceof GraphError ? pauseFor(error.retryAfterMs) : 0;
        checkAgainIn(Math.max(backoffMs, demandedMs));
        failures += 1;
      } finally {
        operation.end();
      }
    }
    last = afterThose();
    return last;
  }

  function keep(): void {
    if (!isStopped && parts.hasLease()) void enqueue(ensure);
  }

  function check(): void {
    isInDoubt = true;
    if (isCheckDue || isStopped) return;
    isCheckDue = true;
    cancelCheck = clock.after(Math.max(0, checkNotBeforeMs - clock.steadyMs()), () => {
      isCheckDue = false;
      keep();
    });
  }

  return {
    keep,
    isKept: () => isKept,
    check,
    async stop(mayEnd) {
      isStopped = true;
      cancelTimer();
      cancelCheck();
      await enqueue(async (operation) => {
        if (!(await mayEnd())) return;
        const kept = await read();
        // First, while the lease holds: a replica that acquires it before Graph has responded would rely on the note.
        await store.removeNote(key);
        if (kept !== null) await subscriptions.remove(kept.id, operation);
      });
    },
  };
}
