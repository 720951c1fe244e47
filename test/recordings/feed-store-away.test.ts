import { describe, expect, it } from 'vitest';
import type { Store } from '../../src/store/store.ts';
import { createBreakableStore } from '../support/breakable-store.ts';
import { createFeedStore, startBreakableFeeds } from '../support/feed.ts';

describe('While the store is away', () => {
  it('a subscriber is notified that it may be behind, and then receives what it missed', async () => {
    const feeds = await startBreakableFeeds();
    const hearing = feeds.replica().hear();
    await hearing.next();
    await feeds.clock.waiting(15_000);
    feeds.store.goAway();
    const added = feeds.record();
    await feeds.pass(15_000);
    expect(await hearing.next()).toMatchObject({ ids: [], isBehind: true });
    feeds.store.comeBack();
    expect(await hearing.untilCurrent()).toEqual([added]);
  });

  it('a subscriber with a token waits for additions, and one that begins now receives an error', async () => {
    const feeds = await startBreakableFeeds();
    const feed = feeds.replica();
    const first = feed.hear();
    const { position } = await first.next();
    await first.leave();
    await feeds.pass(11_000);
    feeds.store.goAway();
    await expect(feed.hear('now').next()).rejects.toMatchObject({ name: 'StoreError' });
    const second = feed.hear(position);
    expect(await second.next()).toMatchObject({ ids: [], isBehind: true, position });
    feeds.store.comeBack();
    const added = feeds.record();
    feed.notify(feeds.organizer, 'wake');
    await feeds.pass(2_000);
    expect(await second.until(added)).toEqual([added]);
  });

  it.each(['its token', 'the beginning'])(
    'a subscriber from %s causes one failure, and the process does not spin',
    async (since) => {
      const feeds = await startBreakableFeeds();
      const first = feeds.replica().hear();
      const { position } = await first.next();
      let failures = 0;
      const second = feeds.replica({
        onFailure() {
          failures += 1;
          // A spin would never yield the process.
          if (failures === 50) feeds.store.comeBack();
        },
      });
      const added = feeds.record();
      await feeds.pass(15_000);
      await first.until(added);
      await feeds.pass(1_000);
      await second.hear('now').next();
      feeds.store.goAway();
      const late = second.hear(since === 'its token' ? position : 'beginning');
      expect(await late.next()).toMatchObject({ ids: [], isBehind: true });
      const heard = late.until(added);
      await feeds.pass(10_000);
      expect(failures).toBe(1);
      feeds.store.comeBack();
      await feeds.pass(5_000);
      expect(await heard).toContain(added);
    },
  );

  it('a delta query is still answered if the store goes away while the query is repeated', async () => {
    const feeds = await startBreakableFeeds();
    const ask = { organizerId: feeds.organizer, mayResync: false };
    const { position } = await feeds.replica().ask({ ...ask, since: 'beginning', operation: feeds.operation() });
    const added = feeds.record();
    const store = createBreakableStore(createFeedStore());
    // The log is lost while the query reads from Graph, and then the store too.
    const numbersOf = async (): Promise<null> => {
      store.goAway();
      return null;
    };
    const replica = feeds.replica({ store: { ...store, numbersOf } });
    const answer = await replica.ask({ ...ask, since: position, operation: feeds.operation() });
    expect(answer.added.map(({ id }) => id)).toEqual([added]);
  });

  it('the recordings that queries have found are kept until a minute has passed without a query in need of them', async () => {
    const feeds = await startBreakableFeeds();
    let created = 0;
    const createSpareStore = (): Store => {
      created += 1;
      return createFeedStore();
    };
    const feed = feeds.replica({ createSpareStore });
    const ask = async (): Promise<unknown> =>
      feed.ask({ organizerId: feeds.organizer, since: 'now', mayResync: false, operation: feeds.operation() });
    for (const minute of [1, 2]) {
      for (let outage = 0; outage < 2; outage += 1) {
        feeds.store.goAway();
        await ask();
        feeds.clock.advance(59_999);
        await ask();
        feeds.store.comeBack();
        await ask();
      }
      expect(created).toBe(minute);
      feeds.clock.advance(60_000);
    }
  });

  it('a delta query is still answered', async () => {
    const feeds = await startBreakableFeeds();
    const feed = feeds.replica();
    const ask = async (since: Parameters<typeof feed.ask>[0]['since']): ReturnType<typeof feed.ask> =>
      feed.ask({ organizerId: feeds.organizer, since, mayResync: false, operation: feeds.operation() });
    const before = await ask('beginning');
    feeds.store.goAway();
    const added = [feeds.record(), feeds.record()];
    const during = await ask(before.position);
    expect(during.added.map(({ id }) => id)).toEqual(added);
    feeds.store.comeBack();
    const after = feeds.record();
    expect((await ask(during.position)).added.map(({ id }) => id)).toEqual([after]);
    expect((await ask(before.position)).added.map(({ id }) => id)).toEqual([...added, after]);
  });
});
