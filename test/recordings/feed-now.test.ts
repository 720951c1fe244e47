import { describe, expect, it } from 'vitest';
import { startBreakableFeeds, startFeeds } from '../support/feed.ts';
import type { TestFeed, TestFeeds } from '../support/feed.ts';

/** Leaves an organizer without subscribers after having had one. */
async function leaveAlone({ clock, pass }: TestFeeds, feed: TestFeed): Promise<void> {
  const hearing = feed.hear();
  await hearing.untilCurrent();
  await hearing.leave();
  await clock.waiting(15_000);
  await pass(11_000);
}

describe('A subscriber that begins now', () => {
  it('receives nothing older, even after a time without subscribers', async () => {
    const feeds = await startFeeds({ settings: { pageSize: 1 } });
    const feed = feeds.replica();
    await leaveAlone(feeds, feed);
    for (const _ of [1, 2, 3]) feeds.record();
    const second = feeds.emulator.hold({ query: 'skip' });
    const hearing = feed.hear('now');
    const first = hearing.next();
    // In the middle of the round, whose first page is in the log.
    await second.arrived(1);
    await feeds.pass(1_000);
    second.release();
    expect(await first).toMatchObject({ ids: [], isBehind: false, hasMore: false });
    const added = feeds.record();
    await feeds.clock.waiting(15_000);
    await feeds.pass(15_000);
    expect(await hearing.until(added)).toEqual([added]);
  });

  it('receives nothing older from a replica that does not run the rounds', async () => {
    const feeds = await startFeeds();
    await feeds.replica().hear().untilCurrent();
    await feeds.clock.waiting(15_000);
    await feeds.pass(2_000);
    feeds.record();
    const hearing = feeds.replica().hear('now');
    expect(await hearing.next()).toMatchObject({ ids: [], isBehind: false, hasMore: false });
    expect(feeds.rounds()).toBe(2);
    const added = feeds.record();
    await feeds.pass(20_000);
    expect(await hearing.until(added)).toEqual([added]);
  });

  it('does not wait for long when the wake-up message is lost', async () => {
    const feeds = await startFeeds();
    await feeds.replica().hear().untilCurrent();
    await feeds.clock.waiting(15_000);
    let lost = 0;
    const publish: typeof feeds.store.publish = async (message) => {
      if (lost > 0 || !message.includes('"wake"')) await feeds.store.publish(message);
      else lost += 1;
    };
    const first = feeds
      .replica({ store: { ...feeds.store, publish } })
      .hear('now')
      .next();
    await feeds.pass(3_000);
    expect(await first).toMatchObject({ ids: [], isBehind: false });
    expect(lost).toBe(1);
  });

  it('receives an event at once, marked as behind, while Graph fails in another replica', async () => {
    const feeds = await startFeeds();
    const hearing = feeds.replica().hear();
    await hearing.untilCurrent();
    await feeds.clock.waiting(15_000);
    feeds.emulator.fail({ kind: 'status', status: 500, times: 9 });
    await feeds.pass(15_000);
    expect(await hearing.next()).toMatchObject({ isBehind: true });
    expect(await feeds.replica().hear('now').next()).toMatchObject({ ids: [], isBehind: true });
  });

  it.each(['that replica', 'another'])(
    'receives the error if Graph fails in the first round after a time without subscribers (at %s)',
    async (where) => {
      const feeds = await startFeeds({ settings: { pageSize: 1 } });
      const feed = feeds.replica();
      await leaveAlone(feeds, feed);
      for (const _ of [1, 2, 3]) feeds.record();
      // The first page gets into the log, so its position is between older recordings.
      feeds.emulator.fail({ kind: 'status', status: 500, times: 9, match: { query: 'skip' } });
      const first = feed.hear();
      for (let isBehind = false; !isBehind;) ({ isBehind } = await first.next());
      const replica = where === 'another' ? feeds.replica() : feed;
      const hearing = replica.hear('now');
      await expect(hearing.next()).rejects.toMatchObject({ name: 'GraphError', status: 500 });
    },
  );

  it('receives a StoreError when the store goes away meanwhile', async () => {
    const feeds = await startBreakableFeeds();
    const feed = feeds.replica();
    await leaveAlone(feeds, feed);
    const hold = feeds.emulator.hold({ path: '/delta' });
    const first = Promise.allSettled([feed.hear('now').next()]);
    await hold.arrived(1);
    feeds.store.goAway();
    hold.release();
    await feeds.pass(2_000);
    expect(await first).toMatchObject([{ status: 'rejected', reason: { name: 'StoreError' } }]);
  });
});
