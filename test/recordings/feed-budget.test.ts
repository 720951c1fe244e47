import { describe, expect, it } from 'vitest';
import { BudgetError } from '../../src/msgraph/error.ts';
import { startFeeds } from '../support/feed.ts';
import type { TestFeeds, TestFeedsOptions } from '../support/feed.ts';

type Ask = (graphRequests: number, httpRequests?: number) => Promise<string[]>;

/** Queries everything in operations with such request budgets. Each page of Graph has one recording. */
async function start(options: TestFeedsOptions = {}): Promise<TestFeeds & { readonly ask: Ask }> {
  const feeds = await startFeeds({ settings: { pageSize: 1 }, ...options });
  const feed = feeds.replica();
  return {
    ...feeds,
    async ask(graphRequests, httpRequests) {
      const operation = feeds.operation(graphRequests, httpRequests);
      const told = await feed.ask({ organizerId: feeds.organizer, since: 'beginning', mayResync: false, operation });
      return told.added.map(({ id }) => id);
    },
  };
}

describe('A delta query', () => {
  it('is answered by a round with as many pages as its budget has requests', async () => {
    const feeds = await start();
    expect(await feeds.ask(3, 3)).toEqual(feeds.all());
  });

  it.each([
    ['requests', 2, 60],
    ['HTTP requests', 1_000, 2],
  ])('fails when a round needs more %s than its budget has, and the round continues', async (_, ...limits) => {
    const feeds = await start();
    await expect(feeds.ask(...limits)).rejects.toThrow(BudgetError);
    await expect.poll(() => feeds.rounds()).toBe(3);
    expect(await feeds.ask(1, 1)).toEqual(feeds.all());
  });

  it('is answered within its own budget when the operation that runs the shared round fails', async () => {
    const feeds = await start();
    const hold = feeds.emulator.hold({ path: '/delta' });
    feeds.emulator.fail({ kind: 'status', status: 403 });
    const first = feeds.ask(9);
    await hold.arrived(1);
    const asked = [first, feeds.ask(2), feeds.ask(3)];
    hold.release();
    expect(await Promise.allSettled(asked)).toEqual([
      { status: 'rejected', reason: expect.objectContaining({ status: 403 }) },
      { status: 'rejected', reason: expect.any(BudgetError) },
      { status: 'fulfilled', value: feeds.all() },
    ]);
    expect(feeds.rounds()).toBe(4);
  });

  it('begins no round when its budget has no request left', async () => {
    const feeds = await start();
    await expect(feeds.ask(0)).rejects.toThrow(BudgetError);
    expect(feeds.rounds()).toBe(0);
  });
});
