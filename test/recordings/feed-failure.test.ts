import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { toCallRecording } from '../../src/recordings/call-recording.ts';
import { nameOf } from '../../src/recordings/delta/position.ts';
import type { LogState, StepOutcome, Store } from '../../src/store/store.ts';
import { createBreakableStore } from '../support/breakable-store.ts';
import { createFeedStore, startBreakableFeeds, startFeeds } from '../support/feed.ts';

describe('While Graph does not answer', () => {
  it('those who listen are told that they may be behind, and then what they have missed', async () => {
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

  it('who has never been told anything gets the reason, at every replica, where asking again is of no use', async () => {
    const feeds = await startFeeds();
    const [first, second] = [feeds.replica(), feeds.replica()];
    feeds.emulator.fail({ kind: 'status', status: 403, times: 9 });
    await expect(first.hear().next()).rejects.toMatchObject({ name: 'GraphError', status: 403 });
    await expect(second.hear().next()).rejects.toMatchObject({ name: 'GraphError', status: 403 });
  });

  it('who comes meanwhile to another replica is told so, and when it is over', async () => {
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
  it.each([0, 3])('nobody misses anything or hears it twice, though Graph repeats %d old ones', async (replayed) => {
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

  it('nobody is told anything before the log is whole again, page by page', async () => {
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
    // The first page is in the new log by now, and those who follow it have read it.
    await feeds.pass(4_000);
    hold.release();
    const { ids, isResync } = await next;
    expect([isResync, ids.length > 0 ? ids : await hearing.untilCurrent()]).toEqual([false, [added]]);
  });

  it('and Graph has forgotten too, those who listen are told to begin anew', async () => {
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

/** A store that has one log as it is in another at this moment. */
async function copyOf(store: Store, key: string): Promise<Store> {
  const copy = createFeedStore();
  const log = await store.readLog(key);
  if (log === null) return copy;
  let after: LogState | null = null;
  for (const { text } of (await store.recordsAfter(key, log.epoch, 0, 1_000)) ?? []) {
    const { added } = z.object({ added: z.array(z.unknown()) }).parse(JSON.parse(text));
    const names = added.map((recording) => nameOf(toCallRecording(recording, '', null)));
    const step = { after, fence: null, epoch: log.epoch, state: log.state, record: text, names };
    const outcome: StepOutcome = await copy.append(key, step);
    if (typeof outcome === 'string') throw new Error(`Expected a step, but it is ${outcome}.`);
    after = outcome;
  }
  return copy;
}

describe('When the store comes back a little older than it was', () => {
  it('nobody misses what takes the place of what it has lost, and nobody hears anything twice', async () => {
    const original = createFeedStore();
    const store = createBreakableStore(original);
    const feeds = await startFeeds({ store });
    const hearing = feeds.replica().hear();
    await hearing.next();
    await feeds.clock.waiting(15_000);
    const copy = await copyOf(original, `a tenant/${feeds.organizer}`);
    const first = feeds.record();
    await feeds.pass(15_000);
    expect(await hearing.until(first)).toEqual([first]);
    await feeds.clock.waiting(15_000);
    store.goAway();
    await feeds.pass(4_000);
    const second = feeds.record();
    store.comeBack(copy);
    await feeds.pass(20_000);
    const third = feeds.record();
    await feeds.pass(60_000);
    expect(await hearing.until(third)).toEqual([second, third]);
  });
});

describe('When the log no longer reaches back', () => {
  it.each([false, true])(
    'Graph is asked for what it has lost, and nothing comes twice (Graph has forgotten too: %s)',
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
