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
    expect(second.failures).toEqual(['a notification cannot be forwarded to the other replicas at the moment']);
  });
});
