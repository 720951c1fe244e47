import { describe, expect, it } from 'vitest';
import { createBreakableStore } from '../support/breakable-store.ts';
import { startFeeds } from '../support/feed.ts';

describe('A replica that does not reach the store for a while', () => {
  it('forwards a notification that Graph sent it meanwhile, and reports that once', async () => {
    const feeds = await startFeeds();
    const hearing = feeds.replica({ intervals: { shortestMs: 300_000, longestMs: 300_000 } }).hear();
    await hearing.next();
    const store = createBreakableStore(feeds.store);
    const second = feeds.replica({ store });
    await feeds.pass(2_000);
    const added = feeds.record();
    store.goAway();
    second.notify(feeds.organizer, 'wake');
    await feeds.pass(5_000);
    store.comeBack();
    const heard = hearing.until(added);
    await feeds.pass(2_000);
    expect(await heard).toEqual([added]);
    await feeds.pass(5_000);
    expect(feeds.rounds()).toBe(2);
    expect(second.failures).toEqual(['notifications cannot be forwarded to the other replicas at the moment']);
  });
});

/** Two replicas with a subscriber each. The first runs the rounds, and the second may lose the store. */
async function startTwo() {
  const feeds = await startFeeds();
  const first = feeds.replica().hear();
  await first.next();
  const store = createBreakableStore(feeds.store);
  const second = feeds.replica({ store });
  const hearing = second.hear();
  await hearing.next();
  await feeds.clock.waiting(15_000);
  return { feeds, first, second, hearing, store };
}

describe('A replica that has missed how a round of another one ended', () => {
  it('learns that it has failed, without a request to Graph', async () => {
    const { feeds, first, second, store } = await startTwo();
    await feeds.pass(14_000);
    feeds.emulator.fail({ kind: 'status', status: 500 });
    store.goAway();
    await feeds.pass(2_000);
    expect(await first.next()).toMatchObject({ isBehind: true });
    store.comeBack();
    await feeds.pass(10_000);
    expect(second.state()).toMatchObject({ behind: 1 });
    expect(feeds.rounds()).toBe(2);
  });

  it('learns that it has succeeded after a failed one', async () => {
    const { feeds, first, hearing, store } = await startTwo();
    feeds.emulator.fail({ kind: 'status', status: 500 });
    await feeds.pass(15_000);
    expect(await first.next()).toMatchObject({ isBehind: true });
    expect(await hearing.next()).toMatchObject({ isBehind: true });
    await feeds.pass(20_000);
    store.goAway();
    await feeds.pass(3_000);
    expect(await first.next()).toMatchObject({ isBehind: false });
    store.comeBack();
    const current = hearing.untilCurrent();
    await feeds.pass(10_000);
    expect(await current).toEqual([]);
  });
});
