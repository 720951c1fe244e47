import { describe, expect, it } from 'vitest';
import { startFeeds } from '../support/feed.ts';
import type { TestFeeds } from '../support/feed.ts';

/** The delays in seconds of the rounds after one with additions, while nothing is added. */
const QUIET = [15, 22.5, 33.75, 50.625];

/** Lets these rounds pass without additions, and resolves after the last one. */
async function beQuiet({ clock, pass }: TestFeeds): Promise<void> {
  for (const [index, seconds] of QUIET.entries()) {
    await clock.waiting(seconds * 1_000);
    await pass(seconds * 1_000);
    if (index === QUIET.length - 1) await clock.waiting(seconds * 1_500);
  }
}

describe('Rounds', () => {
  it('back off while nothing is added, and return to 15 seconds after an addition', async () => {
    const feeds = await startFeeds();
    const hearing = feeds.replica().hear();
    expect((await hearing.next()).ids).toEqual(feeds.all());
    await beQuiet(feeds);
    const added = feeds.record();
    await feeds.pass(76_000);
    expect(await hearing.until(added)).toEqual([added]);
    await feeds.clock.waiting(15_000);
  });

  it.each([1, 500])('do not depend on the number of subscribers: %d', async (count) => {
    const feeds = await startFeeds();
    const feed = feeds.replica();
    const everybody = Array.from({ length: count }, () => feed.hear());
    await Promise.all(everybody.map((hearing) => hearing.next()));
    await beQuiet(feeds);
    expect(feeds.rounds()).toBe(1 + QUIET.length);
    const added = feeds.record();
    await feeds.pass(76_000);
    await Promise.all(everybody.map(async (hearing) => expect(await hearing.until(added)).toEqual([added])));
    expect(feeds.rounds()).toBe(2 + QUIET.length);
  });

  it('run once for a flood of wake-ups, and once more for those that arrive meanwhile', async () => {
    const feeds = await startFeeds();
    const feed = feeds.replica();
    await feed.hear().next();
    await feeds.pass(2_000);
    const hold = feeds.emulator.hold({ path: '/delta' });
    for (let wake = 0; wake < 1_000; wake += 1) feed.notify(feeds.organizer, 'wake');
    await hold.arrived(1);
    for (let wake = 0; wake < 1_000; wake += 1) feed.notify(feeds.organizer, 'wake');
    hold.release();
    await feeds.clock.waiting(1_000);
    expect(feeds.rounds()).toBe(2);
    await feeds.pass(1_000);
    await feeds.clock.waiting(15_000);
    expect(feeds.rounds()).toBe(3);
  });

  it('wait for the Retry-After of Graph, even if woken', async () => {
    const feeds = await startFeeds();
    const feed = feeds.replica();
    const hearing = feed.hear();
    await hearing.next();
    await feeds.clock.waiting(15_000);
    feeds.emulator.fail({ kind: 'status', status: 429, retryAfterSeconds: 120 });
    await feeds.pass(15_000);
    expect(await hearing.next()).toMatchObject({ ids: [], isBehind: true });
    const asked = feeds.rounds();
    feed.notify(feeds.organizer, 'wake');
    await feeds.pass(100_000);
    expect(feeds.rounds()).toBe(asked);
    const added = feeds.record();
    await feeds.pass(20_000);
    expect(await hearing.untilCurrent()).toEqual([added]);
  });

  it('stop after the last subscriber has left, and not before', async () => {
    const feeds = await startFeeds();
    const feed = feeds.replica();
    const [one, other] = [feed.hear(), feed.hear()];
    await Promise.all([one.next(), other.next()]);
    await one.leave();
    await feeds.clock.waiting(15_000);
    const added = feeds.record();
    await feeds.pass(15_000);
    expect(await other.until(added)).toEqual([added]);
    await feeds.clock.waiting(15_000);
    await other.leave();
    const asked = feeds.rounds();
    await feeds.pass(600_000);
    expect(feeds.rounds()).toBe(asked);
  });

  it('continue for a subscriber that comes back soon, without an extra one', async () => {
    const feeds = await startFeeds();
    const feed = feeds.replica();
    const first = feed.hear();
    const { position } = await first.next();
    await feeds.clock.waiting(15_000);
    await first.leave();
    await feeds.pass(5_000);
    const added = feeds.record();
    const heard = feed.hear(position).until(added);
    await feeds.pass(10_000);
    expect(await heard).toEqual([added]);
    expect(feeds.rounds()).toBe(2);
  });
});

describe('Several replicas', () => {
  it('share the rounds of one, and all receive its additions in the same order', async () => {
    const feeds = await startFeeds();
    const replicas = [feeds.replica(), feeds.replica(), feeds.replica()];
    const hearings = replicas.map((replica) => replica.hear());
    for (const hearing of hearings) expect((await hearing.next()).ids).toEqual(feeds.all());
    await feeds.clock.waiting(15_000);
    const added = [feeds.record(), feeds.record()];
    await feeds.pass(15_000);
    for (const hearing of hearings) expect(await hearing.until(added[1] ?? '')).toEqual(added);
    expect(feeds.rounds()).toBe(2);
  });

  it('take over the rounds at once when the replica that runs them closes', async () => {
    const feeds = await startFeeds();
    const [first, second] = [feeds.replica(), feeds.replica()];
    await first.hear().next();
    const hearing = second.hear();
    await hearing.next();
    await feeds.clock.waiting(15_000);
    const added = feeds.record();
    await first.close();
    expect(await hearing.until(added)).toEqual([added]);
    expect(feeds.rounds()).toBe(2);
  });

  it('take over the rounds some seconds after the replica that runs them is killed', async () => {
    const feeds = await startFeeds();
    const dead = { ...feeds.clock, after: () => () => {} };
    const first = feeds.replica({ clock: dead });
    await first.hear().next();
    const hearing = feeds.replica().hear();
    await hearing.next();
    const added = feeds.record();
    await feeds.pass(5_000);
    expect(feeds.rounds()).toBe(1);
    await feeds.pass(5_000);
    expect(await hearing.until(added)).toEqual([added]);
    expect(feeds.rounds()).toBe(2);
  });

  it('abort a round when its lease expires, so that no two query Graph at once', async () => {
    const feeds = await startFeeds({ settings: { pageSize: 1 } });
    const { emulator, store, pass } = feeds;
    const late = Promise.withResolvers<number | null>();
    let isStuck = false;
    let token: number | null = null;
    const lease: typeof store.lease = async (...given) =>
      isStuck ? late.promise : (token = await store.lease(...given));
    const feed = feeds.replica({ store: { ...store, lease } });
    const hold = emulator.hold({ path: '/delta' });
    void feed.hear().next();
    await hold.arrived(1);
    isStuck = true;
    await pass(6_000);
    hold.release();
    for (let turn = 0; turn < 10; turn += 1) await pass(50);
    expect(feeds.rounds()).toBe(1);
    // The lease was kept after all, and its reply is late.
    const next = emulator.hold({ path: '/delta' });
    late.resolve(token);
    isStuck = false;
    await pass(1_000);
    await next.arrived(1);
    next.release();
  });

  it('that open together do not try for the lease together from then on', async () => {
    const feeds = await startFeeds();
    const hearings = [0.25, 0.75].map((random) => feeds.replica({ random: () => random }).hear());
    for (const hearing of hearings) await hearing.next();
    const tries = [1_800, 2_200].map((delayMs) => feeds.clock.waiting(delayMs));
    await expect(Promise.all(tries)).resolves.toHaveLength(2);
  });

  it('wake the one that runs the rounds, whichever of them Graph notifies', async () => {
    const feeds = await startFeeds();
    const [first, second] = [feeds.replica(), feeds.replica()];
    const hearing = first.hear();
    await hearing.next();
    await feeds.pass(2_000);
    const added = feeds.record();
    second.notify(feeds.organizer, 'wake');
    expect(await hearing.until(added)).toEqual([added]);
  });
});

describe('The close of a replica', () => {
  it('does not wait for a round that Graph does not answer, and reports no failure', async () => {
    const feeds = await startFeeds();
    const [first, second] = [feeds.replica(), feeds.replica()];
    await first.hear().next();
    const hearing = second.hear();
    await hearing.next();
    await feeds.clock.waiting(15_000);
    const hold = feeds.emulator.hold({ path: '/delta' });
    await feeds.pass(15_000);
    await hold.arrived(1);
    const added = feeds.record();
    await first.close();
    hold.release();
    expect(first.failures).toEqual([]);
    expect(await hearing.next()).toMatchObject({ ids: [added], isBehind: false });
  });
});
