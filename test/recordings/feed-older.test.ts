import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { toCallRecording } from '../../src/recordings/call-recording.ts';
import { nameOf } from '../../src/recordings/delta/position.ts';
import type { LogState, StepOutcome, Store } from '../../src/store/store.ts';
import { createBreakableStore } from '../support/breakable-store.ts';
import { createFeedStore, startFeeds } from '../support/feed.ts';

const stateText = z.looseObject({ cursor: z.string().nullable() });

/** A store with a copy of one log of another store. */
async function copyOf(store: Store, key: string, edit = (state: string) => state): Promise<Store> {
  const copy = createFeedStore();
  const log = await store.readLog(key);
  if (log === null) return copy;
  let after: LogState | null = null;
  for (const { text } of (await store.recordsAfter(key, log.epoch, 0, 1_000)) ?? []) {
    const { added } = z.object({ added: z.array(z.unknown()) }).parse(JSON.parse(text));
    const names = added.map((recording) => nameOf(toCallRecording(recording, '', null)));
    const step = { after, fence: null, epoch: log.epoch, state: edit(log.state), record: text, names };
    const outcome: StepOutcome = await copy.append(key, step);
    if (typeof outcome === 'string') throw new Error(`Expected a step, but it is ${outcome}.`);
    after = outcome;
  }
  return copy;
}

/** A subscriber that has received one recording, and a copy of the store from before it. */
async function startWithOlderCopy() {
  const original = createFeedStore();
  const store = createBreakableStore(original);
  const feeds = await startFeeds({ store });
  const hearing = feeds.replica().hear();
  await hearing.next();
  await feeds.clock.waiting(15_000);
  const key = `a tenant/${feeds.organizer}`;
  const copy = await copyOf(original, key);
  const first = feeds.record();
  await feeds.pass(15_000);
  expect(await hearing.until(first)).toEqual([first]);
  return { original, store, key, copy, feeds, hearing };
}

describe('When the store comes back in a slightly older state', () => {
  it('a subscriber misses no record that replaces a lost one, and receives none twice', async () => {
    const { store, copy, feeds, hearing } = await startWithOlderCopy();
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

  it.each([0, 4_000])(
    'a subscriber receives no resync if a round restores the loss (away for %d ms)',
    async (awayMs) => {
      const { store, copy, feeds, hearing } = await startWithOlderCopy();
      await feeds.clock.waiting(15_000);
      const event = hearing.next();
      store.goAway();
      await feeds.pass(awayMs);
      const hold = feeds.emulator.hold({ path: '/delta' });
      store.comeBack(copy);
      await feeds.pass(3_000);
      await hold.arrived(1);
      // The older log has been read, and no round has ended since.
      expect(await event).toMatchObject({ ids: [], isResync: false, isBehind: true });
      const current = hearing.untilCurrent();
      hold.release();
      expect(await current).toEqual([]);
      const second = feeds.record();
      const heard = hearing.until(second);
      await feeds.pass(60_000);
      expect(await heard).toEqual([second]);
    },
  );

  it('a subscriber receives a resync if no round restores the loss', async () => {
    const { original, store, copy, key, feeds, hearing } = await startWithOlderCopy();
    await feeds.clock.waiting(15_000);
    const newest = await original.readLog(key);
    const { cursor } = stateText.parse(JSON.parse(newest?.state ?? ''));
    // Its rounds continue after the lost recording, as if Graph no longer had that.
    const lossy = await copyOf(copy, key, (state) => JSON.stringify({ ...stateText.parse(JSON.parse(state)), cursor }));
    const hold = feeds.emulator.hold({ path: '/delta' });
    store.comeBack(lossy);
    await feeds.pass(3_000);
    await hold.arrived(1);
    expect(await hearing.next()).toMatchObject({ ids: [], isResync: false, isBehind: true });
    hold.release();
    expect(await hearing.next()).toMatchObject({ ids: feeds.all().slice(0, 3), isResync: true, isBehind: false });
  });

  it('and has grown past the loss, no subscriber stays behind', async () => {
    const { store, copy, feeds, hearing } = await startWithOlderCopy();
    store.goAway();
    await feeds.pass(4_000);
    expect(await hearing.next()).toMatchObject({ ids: [], isBehind: true });
    // Another replica reaches the store first.
    const other = feeds.replica({ store: copy });
    const added: string[] = [];
    for (let round = 0; round < 2; round += 1) {
      added.push(feeds.record());
      const operation = feeds.operation();
      await other.ask({ organizerId: feeds.organizer, since: 'now', mayResync: false, operation });
    }
    store.comeBack(copy);
    const heard = hearing.untilCurrent();
    await feeds.pass(20_000);
    expect(await heard).toEqual(added);
  });

  it('in the middle of a round, a later query still receives the lost recording', async () => {
    const original = createFeedStore();
    const store = createBreakableStore(original);
    const feeds = await startFeeds({ store });
    const feed = feeds.replica();
    const ask = async (since: Parameters<typeof feed.ask>[0]['since']): ReturnType<typeof feed.ask> =>
      feed.ask({ organizerId: feeds.organizer, since, mayResync: false, operation: feeds.operation() });
    const { position } = await ask('now');
    const copy = await copyOf(original, `a tenant/${feeds.organizer}`);
    const lost = feeds.record();
    await ask('now');
    const added = feeds.record();
    const hold = feeds.emulator.hold({ path: '/delta' });
    const round = ask('now');
    await hold.arrived(1);
    store.comeBack(copy);
    hold.release();
    await round;
    expect((await ask(position)).added.map(({ id }) => id)).toEqual([lost, added]);
  });
});
