/** The cache of Graph's answers where replicas share a store. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Config } from '../../src/config.ts';
import type { Store } from '../../src/store/store.ts';
import { createBreakableStore } from '../support/breakable-store.ts';
import { startChain } from '../support/chain.ts';
import { createDrivenClock } from '../support/clock.ts';
import { createTestStore } from '../support/gateway.ts';
import { scrapeUntil, startCounting } from '../support/metrics.ts';
import type { CountingGateway } from '../support/metrics.ts';
import { hasRedis, redisNote, startRedis } from '../support/redis.ts';
import { openRedisStore } from '../support/store.ts';

const TTL_MS = 60_000;
const KEY = Buffer.alloc(32, 7);
const OTHER_KEY = Buffer.alloc(32, 8);
const redis = { url: 'redis://127.0.0.1:1', prefix: 'gateway:', certificateAuthority: undefined };
const MEETING = '{ it: onlineMeeting(organizerId: "person-0", id: "meeting-0") { subject } }';
const OTHER_MEETING = MEETING.replaceAll('-0', '-1');
const answerOf = (index: number): object => ({ data: { it: { subject: `Subject ${index}` } } });

interface Note {
  readonly text: string;
  readonly ttlMs: number;
}

/** Counts the requests to Graph for a document, and expects the answer to be right. */
async function requestsFor(gateway: CountingGateway, document = MEETING): Promise<number> {
  gateway.emulator.clearRequests();
  expect(await gateway.query(document)).toEqual(answerOf(document === MEETING ? 0 : 1));
  return gateway.requests().length;
}

/** The store failures that the metrics of a replica count during `act`. */
async function failures(gateway: CountingGateway, act: () => Promise<unknown>): Promise<number> {
  return (await gateway.changesOf(act))['gateway_cache_store_failures_total'] ?? 0;
}

/** Replicas over one Graph and one store whose notes can be seen. */
function prepare(inner: (clock: ReturnType<typeof createDrivenClock>) => Store = createTestStore) {
  const clock = createDrivenClock();
  const notes = new Map<string, Note>();
  const given = createBreakableStore(inner(clock));
  const store = {
    ...given,
    async writeNote(key: string, text: string, ttlMs: number) {
      await given.writeNote(key, text, ttlMs);
      notes.set(key, { text, ttlMs });
    },
  };
  let first: CountingGateway | null = null;

  async function replica(key = KEY, more: Partial<Config> = {}): Promise<CountingGateway> {
    const config = { cacheTtlMs: TTL_MS, redis, sealingKeys: [key] as const, ...more };
    const over = first === null ? { tenant: { users: 0, meetings: 0, recordings: 0 } } : { emulator: first.emulator };
    const gateway = await startCounting({ ...over, clock, store, config });
    if (first === null)
      for (const index of [0, 1]) {
        gateway.emulator.addUser({ id: `person-${index}` });
        gateway.emulator.addMeeting({
          id: `meeting-${index}`,
          organizerId: `person-${index}`,
          subject: `Subject ${index}`,
        });
      }
    first ??= gateway;
    return gateway;
  }

  /** Holds back the results of reads, each as of the time of its read, until released. */
  function holdReads() {
    const { promise, resolve: release } = Promise.withResolvers<void>();
    let reads = 0;
    store.readNote = async (key) => {
      reads += 1;
      const note = await given.readNote(key);
      await promise;
      return note;
    };
    return { release, reads: () => reads };
  }

  return { clock, store, notes, replica, holdReads };
}

describe('A cache entry of one replica', () => {
  it('is served by another without a request to Graph, until it expires', async () => {
    const { replica, clock } = prepare();
    const [one, other, third] = [await replica(), await replica(), await replica()];
    expect(await requestsFor(one)).toBe(1);
    clock.advance(TTL_MS - 1);
    expect(await requestsFor(other)).toBe(0);
    clock.advance(1);
    expect(await requestsFor(other)).toBe(1);
    expect(await requestsFor(third)).toBe(0);
  });

  it('is read from the store once, however many operations need it at once', async () => {
    const { replica, holdReads } = prepare();
    const [one, other] = [await replica(), await replica()];
    await one.query(MEETING);
    const held = holdReads();
    const answers = Array.from({ length: 50 }, () => other.query(MEETING));
    await scrapeUntil(other.url, 'gateway_requests_open', 50);
    held.release();
    expect(await Promise.all(answers)).toEqual(answers.map(() => answerOf(0)));
    expect(held.reads()).toBe(1);
  });

  it('is not served when Graph has given a newer answer during the read of the store', async () => {
    const { replica, holdReads, clock } = prepare();
    const [one, other] = [await replica(), await replica()];
    await other.query(MEETING);
    clock.advance(1_000);
    const held = holdReads();
    one.emulator.fail({ kind: 'wrongType', member: 'subject', value: 'A newer subject' });
    const hold = one.emulator.hold({});
    const first = one.query(MEETING);
    // The read times out, and Graph is queried.
    await clock.waiting(250);
    clock.advance(250);
    await hold.arrived(1);
    const second = one.query(MEETING);
    await clock.waiting(250);
    hold.release();
    const newer = { data: { it: { subject: 'A newer subject' } } };
    expect(await first).toEqual(newer);
    held.release();
    expect(await second).toEqual(newer);
    expect(await one.query(MEETING)).toEqual(newer);
  });

  it('reveals neither ids nor content in the store', async () => {
    const { replica, notes } = prepare();
    await (await replica()).query(MEETING);
    expect([...notes.keys()]).toEqual([expect.stringMatching(/^cache:[\w-]{43}$/)]);
    const [note] = notes.values();
    expect(note?.ttlMs).toBe(TTL_MS);
    expect(Buffer.from(note?.text ?? '', 'base64url').toString('latin1')).not.toMatch(/person|meeting|Subject|subject/);
  });

  it('is not found under another key', async () => {
    const { replica, notes } = prepare();
    expect(await requestsFor(await replica())).toBe(1);
    expect(await requestsFor(await replica(OTHER_KEY))).toBe(1);
    expect(notes.size).toBe(2);
  });
});

describe('A forged cache entry', () => {
  it.each<[string, (mine: Note, others: Note) => string]>([
    ['is not a cache entry', () => 'marked'],
    ['was modified', ({ text }) => `${text.slice(0, -1)}${text.endsWith('A') ? 'B' : 'A'}`],
    ['was truncated', ({ text }) => text.slice(0, 50)],
    ['belongs to another object', (_, others) => others.text],
  ])('is not served if it %s', async (_, forge) => {
    const { replica, notes, store } = prepare();
    const one = await replica();
    await one.query(MEETING);
    await one.query(OTHER_MEETING);
    const [key = ''] = notes.keys();
    const [mine, others] = notes.values();
    if (mine === undefined || others === undefined) throw new Error('Expected two notes.');
    await store.writeNote(key, forge(mine, others), TTL_MS);
    expect(await requestsFor(await replica())).toBe(1);
  });

  it('is not served after the TTL of the original', async () => {
    const { replica, notes, store, clock } = prepare();
    await (await replica()).query(MEETING);
    const [key = ''] = notes.keys();
    const [note] = notes.values();
    clock.advance(TTL_MS);
    await store.writeNote(key, note?.text ?? '', TTL_MS);
    expect(await requestsFor(await replica())).toBe(1);
  });
});

describe('A store that fails', () => {
  it('counts as empty: Graph is queried, and no response has an error', async () => {
    const { replica, store } = prepare();
    const [one, other] = [await replica(), await replica()];
    await one.query(MEETING);
    store.goAway();
    expect(await requestsFor(other)).toBe(1);
    expect(await requestsFor(other)).toBe(0);
  });

  it('is counted for each failed read and write', async () => {
    const { replica, store } = prepare();
    const gateway = await replica();
    store.goAway();
    store.isReachable = () => true;
    // Both the read and the write fail.
    expect(await failures(gateway, async () => expect(await requestsFor(gateway)).toBe(1))).toBe(2);
  });

  it('delays an operation by a quarter of a second at most', async () => {
    const { replica, clock, holdReads } = prepare();
    const gateway = await replica();
    holdReads();
    expect(
      await failures(gateway, async () => {
        const answer = gateway.query(MEETING);
        await clock.waiting(250);
        expect(gateway.requests()).toEqual([]);
        clock.advance(250);
        expect(await answer).toEqual(answerOf(0));
      }),
    ).toBe(1);
  });

  it('delays an operation no longer than its deadline', async () => {
    const { replica, clock, holdReads } = prepare();
    const gateway = await replica(KEY, { operationTimeoutMs: 100 });
    holdReads();
    const answer = gateway.query(MEETING);
    await clock.waiting(250);
    clock.advance(100);
    expect(await answer).toMatchObject({ errors: [{ extensions: { code: 'UPSTREAM_TIMEOUT' } }] });
    expect(gateway.requests()).toEqual([]);
  });
});

it('A cache entry of a caller stays in the store no longer than their token is valid', async () => {
  const { store, notes, clock } = prepare();
  const SEALING_KEYS = KEY.toString('base64');
  const env = { GRAPH_ON_BEHALF_OF: 'true', CACHE_TTL_MS: String(TTL_MS), REDIS_URL: redis.url, SEALING_KEYS };
  const { emulator, entra, askWith } = await startChain(env, { clock, store });
  emulator.addUser({ id: entra.userId, displayName: 'Somebody' });
  const token = await entra.issue({ objectId: entra.userId, expiresInSeconds: 20 });
  const document = `{ user(id: "${entra.userId}") { displayName } }`;
  expect(await askWith(document, token, 'an-id')).toEqual({ data: { user: { displayName: 'Somebody' } } });
  expect([...notes.values()].map(({ ttlMs }) => ttlMs)).toEqual([20_000]);
});

it.skipIf(!hasRedis())(`Through Redis replicas share what they keep (${redisNote})`, async () => {
  const server = await startRedis();
  const { store } = await openRedisStore(server.url);
  const { replica } = prepare(() => store);
  const [one, other] = [await replica(), await replica()];
  expect(await requestsFor(one)).toBe(1);
  expect(await requestsFor(other)).toBe(0);
  const names = z.array(z.string()).parse(await server.ask('KEYS', '*'));
  expect(names.filter((name) => /^gateway:\{cache:[\w-]{43}\}:note$/.test(name))).toHaveLength(1);
  expect(names.join()).not.toMatch(/person|meeting/);
});
