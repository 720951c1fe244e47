import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createFeedStore, startFeeds } from '../support/feed.ts';
import type { Hearing, TestFeeds } from '../support/feed.ts';

interface Setting extends TestFeeds {
  readonly added: string;
  /** Subscribers from a position before `added`, at a replica with an empty store. */
  readonly hearings: readonly Hearing[];
  /** How many requests to Graph continue from their position. */
  readonly caughtUp: () => number;
  /** Lets so much time pass, and requests begun meanwhile complete. */
  readonly drive: (ms: number) => Promise<void>;
}

/** Starts subscribers whose first catch-up request is refused by Graph. */
async function startRefused(count: number, retryAfterSeconds?: number): Promise<Setting> {
  const feeds = await startFeeds();
  const { position } = await feeds
    .replica()
    .ask({ organizerId: feeds.organizer, since: 'beginning', mayResync: false, operation: feeds.operation() });
  const added = feeds.record();
  const [, query = ''] = (position.cursor ?? '').split('?');
  feeds.emulator.clearRequests();
  feeds.emulator.fail({
    kind: 'status',
    status: retryAfterSeconds === undefined ? 500 : 429,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    match: { query: decodeURIComponent(query) },
  });
  const replica = feeds.replica({ store: createFeedStore(1_000, feeds.clock) });
  return {
    ...feeds,
    added,
    hearings: Array.from({ length: count }, () => replica.hear(position)),
    async drive(ms) {
      for (let leftMs = ms; leftMs > 0; leftMs -= 1_000) {
        feeds.clock.advance(1_000);
        do await setImmediate();
        while (feeds.exchanges.length < feeds.begun());
      }
    },
    caughtUp: () =>
      feeds.emulator.requests
        .flatMap(({ url, parts }) => parts?.map((part) => part.url) ?? [url])
        .filter((url) => url.includes(query)).length,
  };
}

it.each([
  ['as long as Graph requests, regardless of the number of rounds', 1, 120, 120],
  ['equally long for all subscribers', 3, 120, 120],
  ['five minutes at most, even if Graph requests more', 1, 3_000_000, 300],
])('A catch-up waits %s', async (_, count, askedSeconds, waitedSeconds) => {
  const { added, caughtUp, hearings, drive } = await startRefused(count, askedSeconds);
  await Promise.all(
    hearings.map(async (hearing) => expect(await hearing.next()).toMatchObject({ ids: [], isBehind: true })),
  );
  const heard = Promise.all(hearings.map((hearing) => hearing.untilCurrent()));
  await drive(waitedSeconds * 1_000 - 5_000);
  expect(caughtUp()).toBe(1);
  await drive(10_000);
  expect(await heard).toEqual(Array.from({ length: count }, () => [added]));
});

it('A failed catch-up waits 15 seconds when Graph sends no Retry-After', async () => {
  const { added, caughtUp, hearings, drive } = await startRefused(1);
  const [hearing] = hearings;
  expect(await hearing?.next()).toMatchObject({ ids: [], isBehind: true });
  const heard = hearing?.untilCurrent();
  await drive(14_000);
  expect(caughtUp()).toBe(1);
  await drive(2_000);
  expect(await heard).toEqual([added]);
});

it('A token that Graph has forgotten is still valid after a restart, if nothing has been added since', async () => {
  const feeds = await startFeeds();
  const { position } = await feeds
    .replica()
    .ask({ organizerId: feeds.organizer, since: 'beginning', mayResync: false, operation: feeds.operation() });
  feeds.emulator.expireDeltaTokens();
  const replica = feeds.replica({ store: createFeedStore(1_000, feeds.clock) });
  const next = replica.hear(position).next();
  await feeds.clock.waiting(15_000);
  const before = feeds.rounds();
  const question = { organizerId: feeds.organizer, since: position, mayResync: false, operation: feeds.operation() };
  expect(await replica.ask(question)).toMatchObject({ added: [], isResync: false });
  // The round of the query, and no request from the position.
  expect(feeds.rounds()).toBe(before + 1);
  const added = feeds.record();
  await feeds.pass(15_000);
  expect(await next).toMatchObject({ ids: [added], isResync: false, isBehind: false });
});
