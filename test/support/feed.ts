/** Feeds over an emulator with a driven clock, for tests without the endpoints around them. */
import { setImmediate } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import type { Clock } from '../../src/clock.ts';
import type { Since, FeedEvent } from '../../src/recordings/delta/feed-event.ts';
import { createFeed } from '../../src/recordings/delta/feed.ts';
import type { Feed, FeedParts } from '../../src/recordings/delta/feed.ts';
import { createMemoryStore } from '../../src/store/memory.ts';
import type { Store } from '../../src/store/store.ts';
import { createBreakableStore } from './breakable-store.ts';
import type { BreakableStore } from './breakable-store.ts';
import { createDrivenClock } from './clock.ts';
import { startGraph } from './graph.ts';
import type { TestGraph, TestGraphOptions } from './graph.ts';

export interface TestFeedsOptions extends TestGraphOptions {
  readonly store?: Store;
  /** How many records each log keeps. */
  readonly records?: number;
}

export interface TestFeeds extends TestGraph {
  readonly organizer: string;
  readonly store: Store;
  /** Another replica over the same store. */
  replica(parts?: Partial<FeedParts>): TestFeed;
  record(): string;
  all(): string[];
  /** How many requests of change tracking have reached Graph. */
  rounds(): number;
  /** Lets time pass, running each timer when it is due. */
  readonly pass: (ms: number) => Promise<void>;
}

export interface TestFeed extends Feed {
  /** Descriptions of the failures in the background. */
  readonly failures: readonly string[];
  hear(since?: Since): Hearing;
}

export interface Hearing {
  next(): Promise<FeedEvent & { readonly ids: readonly string[] }>;
  /** Everything up to the recording with this id. */
  until(id: string): Promise<string[]>;
  /** Everything up to the first event that is not behind. */
  untilCurrent(): Promise<string[]>;
  leave(): Promise<void>;
}

function hear(feed: Feed, organizer: string, since: Since): Hearing {
  const left = new AbortController();
  const told = feed.listen(organizer, since, left.signal);
  async function next(): Promise<FeedEvent & { readonly ids: readonly string[] }> {
    const { done, value } = await told.next();
    if (done === true) throw new Error('Expected to be told something, but there is no more.');
    return { ...value, ids: value.added.map(({ id }) => id) };
  }
  return {
    next,
    async until(id) {
      const ids: string[] = [];
      while (!ids.includes(id)) ids.push(...(await next()).ids);
      return ids;
    },
    async untilCurrent() {
      const ids: string[] = [];
      for (let isBehind = true; isBehind;) {
        const event = await next();
        ids.push(...event.ids);
        ({ isBehind } = event);
      }
      return ids;
    },
    async leave() {
      left.abort(new Error('left'));
      await told.return();
    },
  };
}

/** A store in memory that keeps this many records of each log; its time stands still unless a clock is given. */
export function createFeedStore(records = 1_000, clock: Clock = createDrivenClock()): Store {
  return createMemoryStore({ retention: { records, idleMs: 7 * 24 * 3_600_000 }, clock });
}

/** Starts an emulator with one organizer of three recordings. */
export async function startFeeds({
  store: given,
  records = 1_000,
  ...options
}: TestFeedsOptions = {}): Promise<TestFeeds> {
  const graph = await startGraph({ tenant: { users: 1, meetings: 2, recordings: 3 }, ...options });
  const { clock, client, emulator } = graph;
  const organizer = emulator.tenant.users[0]?.id ?? '';
  const store = given ?? createFeedStore(records, clock);
  return {
    ...graph,
    organizer,
    store,
    record: () => emulator.addRecording().id,
    all: () => emulator.tenant.recordings.map(({ id }) => id),
    rounds: () => emulator.requests.filter(({ url }) => url.includes('/delta')).length,
    async pass(ms) {
      for (let leftMs = ms; leftMs > 0; leftMs -= 1_000) {
        clock.advance(Math.min(1_000, leftMs));
        await setImmediate();
      }
    },
    replica(parts = {}) {
      const failures: string[] = [];
      const feed = createFeed({
        client,
        store,
        createSpareStore: () => createFeedStore(records, clock),
        tenant: 'a tenant',
        clock,
        random: () => 0.5,
        intervals: { shortestMs: 15_000, longestMs: 300_000 },
        newOperation: () => graph.operation(),
        subscriptionFor: () => null,
        onFailure: (what) => failures.push(what),
        ...parts,
      });
      onTestFinished(() => feed.close());
      return { ...feed, failures, hear: (since = 'beginning') => hear(feed, organizer, since) };
    },
  };
}

/** The same over a store that can be unreachable. */
export async function startBreakableFeeds(
  options: Omit<TestFeedsOptions, 'store'> = {},
): Promise<TestFeeds & { readonly store: BreakableStore }> {
  const store = createBreakableStore(createFeedStore());
  return { ...(await startFeeds({ ...options, store })), store };
}
