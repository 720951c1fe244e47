import { describe, expect, it, onTestFinished } from 'vitest';
import { createEmulator } from '../src/emulator/emulator.ts';
import type { Emulator } from '../src/emulator/emulator.ts';
import { hasRedis, redisNote, startRedis } from './support/redis.ts';
import type { Redis } from './support/redis.ts';
import { startReplicas } from './support/replicas.ts';
import type { Replicas } from './support/replicas.ts';
import { startSubscriber } from './support/subscriber.ts';
import type { Subscriber } from './support/subscriber.ts';

const ORGANIZERS = 4;
const SUBSCRIBERS = 200;
const RECORDINGS = 1_000;

/** A generator of numbers by chance, which are the same for the same seed. */
function createPick(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Which round asked what, in the order in which it reached Graph, organizer by organizer. */
function roundsOf(requests: Emulator['requests']): Map<string, string[]> {
  const asked = requests.flatMap(({ url, headers, parts }) =>
    parts === undefined
      ? [{ url: url.replace('/v1.0', ''), round: headers['client-request-id'] ?? '' }]
      : parts.map((part) => ({ url: part.url, round: part.clientRequestId ?? '' })),
  );
  const rounds = new Map<string, string[]>();
  for (const { url, round } of asked.filter((request) => request.url.includes('/delta'))) {
    const organizer = /^\/users\/([^/]+)/.exec(url)?.[1] ?? '';
    const before = rounds.get(organizer) ?? [];
    if (before.at(-1) !== round) before.push(round);
    rounds.set(organizer, before);
  }
  return rounds;
}

interface Setting {
  readonly emulator: Emulator;
  readonly redis: Redis;
  readonly replicas: Replicas;
  readonly organizers: readonly string[];
  readonly subscribers: readonly { readonly organizer: string; readonly subscriber: Subscriber }[];
  readonly pick: (below: number) => number;
}

async function start(seed: number): Promise<Setting> {
  const pick = createPick(seed);
  const emulator = await createEmulator({
    tenant: { users: ORGANIZERS, meetings: ORGANIZERS * 2, recordings: ORGANIZERS * 3 },
    settings: { pageSize: 7 },
  });
  onTestFinished(() => emulator.close());
  const redis = await startRedis();
  const environment = {
    REDIS_URL: redis.url,
    SEALING_KEYS: Buffer.alloc(32, seed).toString('base64'),
    GRAPH_BASE_URL: emulator.url,
    GRAPH_TOKEN: 'emulator',
    DELTA_INTERVAL_MS: '200',
    DELTA_LONGEST_INTERVAL_MS: '500',
  };
  const replicas = await startReplicas(3, environment, pick);
  const organizers = emulator.tenant.users.map(({ id }) => id);
  const subscribers = Array.from({ length: SUBSCRIBERS }, (_, index) => {
    const organizer = organizers[index % ORGANIZERS] ?? '';
    const subscriber = startSubscriber(organizer, replicas.any);
    onTestFinished(() => subscriber.stop());
    return { organizer, subscriber };
  });
  return { emulator, redis, replicas, organizers, subscribers, pick };
}

/** What goes wrong with Graph while recordings are added; each is armed anew at every step. */
const FAULTS: readonly ((emulator: Emulator) => void)[] = [
  (emulator) => emulator.fail({ kind: 'emptyPage', match: { path: '/delta' } }),
  (emulator) => emulator.fail({ kind: 'status', status: 429, retryAfterSeconds: 1, match: { path: '/delta' } }),
  (emulator) => emulator.fail({ kind: 'status', status: 500, match: { path: '/delta' } }),
  (emulator) => emulator.fail({ kind: 'cut' }),
  (emulator) => emulator.fail({ kind: 'reset' }),
  (emulator) => emulator.expireDeltaTokens(),
];

describe.skipIf(!hasRedis())(`Three gateways over one Redis (${redisNote})`, () => {
  it.each([
    ['while processes are killed and Redis is stopped', [], 0],
    ['while Graph fails, forgets and repeats besides', FAULTS, 5],
  ] as const)(
    'tell everybody of every recording once, and in order, %s',
    async (_, faults, replayedRecordings) => {
      const { emulator, redis, replicas, organizers, subscribers, pick } = await start(20_261_124);
      emulator.settings.replayedRecordings = replayedRecordings;
      const rounds = new Map(organizers.map((organizer): [string, string[]] => [organizer, []]));
      const added: string[] = [];
      const noteRounds = (): void => {
        for (const [organizer, ids] of roundsOf(emulator.requests)) rounds.get(organizer)?.push(...ids);
        emulator.clearRequests();
      };

      for (let step = 1; added.length < RECORDINGS; step += 1) {
        const count = Math.min(1 + pick(60), RECORDINGS - added.length);
        const fresh = Array.from({ length: count }, () => emulator.addRecording());
        added.push(...fresh.map(({ id }) => id));
        faults[pick(faults.length)]?.(emulator);
        if (step % 8 === 3) await replicas.replaceOne();
        if (step % 15 === 10) {
          await redis.stop();
          await redis.start();
        }
        // Somebody by chance hears of it, so that time goes on by what happens.
        const last = fresh[pick(fresh.length)];
        const those = subscribers.filter(({ organizer }) => organizer === last?.organizerId);
        await those[pick(those.length)]?.subscriber.has(last?.id ?? '');
        noteRounds();
      }

      for (const { organizer, subscriber } of subscribers) {
        const all = emulator.tenant.recordingsOfOrganizer(organizer).map(({ id }) => id);
        await subscriber.has(all.at(-1) ?? '');
        expect(subscriber.heard).toEqual(all);
      }
      expect(added).toHaveLength(RECORDINGS);
      expect(subscribers.filter(({ subscriber }) => subscriber.returns > 0).length).toBeGreaterThan(SUBSCRIBERS / 2);

      // A round that had another in between would have had a second poller beside it.
      noteRounds();
      for (const ids of rounds.values()) {
        const distinct = ids.filter((id, index) => id !== ids[index - 1]);
        expect(distinct.length).toBeGreaterThan(10);
        expect(new Set(distinct).size).toBe(distinct.length);
      }
    },
    240_000,
  );
});
