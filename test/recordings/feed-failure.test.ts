import { describe, expect, it } from 'vitest';
import { createFeedStore, startBreakableFeeds, startFeeds } from '../support/feed.ts';

describe('While Graph fails', () => {
  it('subscribers are notified that they may be behind, and then receive what they missed', async () => {
    const feeds = await startFeeds();
    const hearings = [feeds.replica(), feeds.replica()].map((replica) => replica.hear());
    for (const hearing of hearings) await hearing.next();
    await feeds.clock.waiting(15_000);
    feeds.emulator.fail({ kind: 'status', status: 500 });
    const added = feeds.record();
    await feeds.pass(15_000);
    for (const hearing of hearings) expect(await hearing.next()).toMatchObject({ ids: [], isBehind: true });
    await feeds.clock.waiting(22_500);
    await feeds.pass(22_500);
    for (const hearing of hearings) expect(await hearing.untilCurrent()).toEqual([added]);
  });

  it('a new subscriber receives the error at every replica, if a retry is of no use', async () => {
    const feeds = await startFeeds();
    const [first, second] = [feeds.replica(), feeds.replica()];
    feeds.emulator.fail({ kind: 'status', status: 403, times: 9 });
    await expect(first.hear().next()).rejects.toMatchObject({ name: 'GraphError', status: 403 });
    await expect(second.hear().next()).rejects.toMatchObject({ name: 'GraphError', status: 403 });
  });

  it('a new subscriber at another replica is notified of that, and of its end', async () => {
    const feeds = await startFeeds();
    const first = feeds.replica().hear();
    await first.next();
    await feeds.clock.waiting(15_000);
    feeds.emulator.fail({ kind: 'status', status: 500 });
    await feeds.pass(15_000);
    expect(await first.next()).toMatchObject({ isBehind: true });
    const second = feeds.replica().hear();
    const told = await second.next();
    expect(told.ids).toEqual(feeds.all());
    // With the first event or right after it.
    expect(told.isBehind || (await second.next()).isBehind).toBe(true);
    await feeds.pass(22_500);
    expect(await second.untilCurrent()).toEqual([]);
  });
});

describe('When the store comes back empty', () => {
  it.each([0, 3])('subscribers miss and repeat nothing, even if Graph repeats %d old ones', async (replayed) => {
    const feeds = await startBreakableFeeds({ settings: { replayedRecordings: replayed } });
    const hearings = [feeds.replica(), feeds.replica()].map((replica) => replica.hear());
    for (const hearing of hearings) await hearing.next();
    await feeds.clock.waiting(15_000);
    feeds.store.goAway();
    const added = [feeds.record(), feeds.record()];
    await feeds.pass(15_000);
    feeds.store.comeBack(createFeedStore());
    await feeds.pass(15_000);
    for (const hearing of hearings) expect(await hearing.until(added[1] ?? '')).toEqual(added);
    const last = feeds.record();
    await feeds.pass(30_000);
    for (const hearing of hearings) expect(await hearing.until(last)).toEqual([last]);
  });

  it('subscribers receive nothing before every page is in the log again', async () => {
    const feeds = await startBreakableFeeds({ settings: { pageSize: 1 } });
    const hearing = feeds.replica().hear();
    await hearing.next();
    await feeds.clock.waiting(15_000);
    feeds.store.goAway();
    const added = feeds.record();
    await feeds.pass(15_000);
    expect(await hearing.next()).toMatchObject({ isBehind: true });
    const next = hearing.next();
    const hold = feeds.emulator.hold({ query: 'oken=' });
    feeds.store.comeBack(createFeedStore());
    await feeds.pass(2_000);
    await hold.arrived(1);
    // The first page is in the new log by now, and its followers have read it.
    await feeds.pass(4_000);
    hold.release();
    const { ids, isResync } = await next;
    expect([isResync, ids.length > 0 ? ids : await hearing.untilCurrent()]).toEqual([false, [added]]);
  });

  it('and Graph has forgotten the token too, subscribers receive a resync', async () => {
    const feeds = await startBreakableFeeds();
    const hearing = feeds.replica().hear();
    await hearing.next();
    await feeds.clock.waiting(15_000);
    feeds.store.goAway();
    feeds.record();
    feeds.emulator.expireDeltaTokens();
    await feeds.pass(15_000);
    expect(await hearing.next()).toMatchObject({ isBehind: true });
    feeds.store.comeBack(createFeedStore());
    await feeds.pass(2_000);
    const resync = await hearing.next();
    expect(resync).toMatchObject({ isResync: true, ids: feeds.all() });
  });
});

describe('When the log no longer reaches back to a position', () => {
  it.each([false, true])(
    'Graph supplies the lost records, and none arrives twice (Graph has forgotten too: %s)',
    async (isExpired) => {
      const feeds = await startFeeds({ records: 2, settings: { replayedRecordings: 2 } });
      const feed = feeds.replica();
      const hearing = feed.hear();
      const { position } = await hearing.next();
      const added: string[] = [];
      for (let count = 0; count < 5; count += 1) {
        await feeds.clock.waiting(15_000);
        added.push(feeds.record());
        await feeds.pass(15_000);
        await hearing.until(added.at(-1) ?? '');
      }
      const other = feeds.replica();
      if (isExpired) feeds.emulator.expireDeltaTokens();
      const late = other.hear(position);
      expect(await late.until(added.at(-1) ?? '')).toEqual(added);
      const more = feeds.record();
      await feeds.pass(15_000);
      expect(await late.until(more)).toEqual([more]);
      expect(await other.hear().until(more)).toEqual(feeds.all());
    },
  );
});
