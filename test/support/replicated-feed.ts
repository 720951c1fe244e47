/** Three gateways over one Redis, which notify many subscribers of recordings while processes and Redis restart. */
import { isDeepStrictEqual } from 'node:util';
import { onTestFinished } from 'vitest';
import { createEmulator } from '../../src/emulator/emulator.ts';
import type { Emulator } from '../../src/emulator/emulator.ts';
import { startRedis } from './redis.ts';
import type { Redis } from './redis.ts';
import { startReplicas } from './replicas.ts';
import type { Replicas } from './replicas.ts';
import { startSubscriber } from './subscriber.ts';
import type { Subscriber } from './subscriber.ts';

const ORGANIZERS = 4;
const SUBSCRIBERS = 200;
const RECORDINGS = 1_000;

/** A generator of random numbers, the same for the same seed. */
function createPick(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** The rounds of change tracking for each organizer, in the order in which they reached Graph. */
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
  // A generator of its own, because reconnecting subscribers would change the choices of the steps.
  const replicas = await startReplicas(3, environment, createPick(seed + 1));
  const organizers = emulator.tenant.users.map(({ id }) => id);
  const subscribers = Array.from({ length: SUBSCRIBERS }, (_, index) => {
    const organizer = organizers[index % ORGANIZERS] ?? '';
    const subscriber = startSubscriber(organizer, replicas.any);
    onTestFinished(() => subscriber.stop());
    return { organizer, subscriber };
  });
  return { emulator, redis, replicas, organizers, subscribers, pick };
}

/** What additionally goes wrong with Graph. */
export interface Trouble {
  /** One for each step, in turn. */
  readonly faults: readonly ((emulator: Emulator) => void)[];
  /** How many recordings each round of change tracking repeats. */
  readonly replayedRecordings: number;
}

/** The result of a run. */
export interface Outcome {
  readonly recordings: number;
  readonly subscribers: number;
  /** How often a process was killed and replaced. */
  readonly kills: number;
  /** How often Redis was restarted. */
  readonly stops: number;
  /** How many subscribers had to reconnect. */
  readonly returned: number;
  /** The received and the expected ids of each subscriber for which they differ, also in number or order. */
  readonly misheard: readonly { readonly heard: readonly string[]; readonly all: readonly string[] }[];
  /** The number of rounds of change tracking for the organizer with the fewest. */
  readonly fewestRounds: number;
  /** The rounds with another of the same organizer in between, as two concurrent pollers would cause. */
  readonly interrupted: readonly string[];
}

/** The timeout of a test that consists only of this. */
export const REPLICAS_TIMEOUT_MS = 240_000;

/** Adds recordings while processes are killed and Redis is stopped, and resolves when all subscribers have the last. */
export async function tellThroughReplicas({ faults, replayedRecordings }: Trouble): Promise<Outcome> {
  const { emulator, redis, replicas, organizers, subscribers, pick } = await start(20_261_124);
  emulator.settings.replayedRecordings = replayedRecordings;
  const rounds = new Map(organizers.map((organizer): [string, string[]] => [organizer, []]));
  const noteRounds = (): void => {
    for (const [organizer, ids] of roundsOf(emulator.requests)) rounds.get(organizer)?.push(...ids);
    emulator.clearRequests();
  };

  let [recordings, kills, stops] = [0, 0, 0];
  for (let step = 1; recordings < RECORDINGS; step += 1) {
    const count = Math.min(1 + pick(120), RECORDINGS - recordings);
    const fresh = Array.from({ length: count }, () => emulator.addRecording());
    recordings += count;
    faults[step % faults.length]?.(emulator);
    if (step % 4 === 3) {
      await replicas.replaceOne();
      kills += 1;
    }
    if (step % 7 === 5) {
      await redis.stop();
      await redis.start();
      stops += 1;
    }
    // Waits for a random subscriber, so that the pace follows the deliveries.
    const last = fresh[pick(fresh.length)];
    const those = subscribers.filter(({ organizer }) => organizer === last?.organizerId);
    await those[pick(those.length)]?.subscriber.has(last?.id ?? '');
    noteRounds();
  }

  const misheard: { heard: readonly string[]; all: readonly string[] }[] = [];
  for (const { organizer, subscriber } of subscribers) {
    const all = emulator.tenant.recordingsOfOrganizer(organizer).map(({ id }) => id);
    await subscriber.has(all.at(-1) ?? '');
    if (!isDeepStrictEqual(subscriber.heard, all)) misheard.push({ heard: subscriber.heard, all });
  }
  noteRounds();
  const distinct = [...rounds.values()].map((ids) => ids.filter((id, index) => id !== ids[index - 1]));
  return {
    recordings,
    subscribers: subscribers.length,
    kills,
    stops,
    returned: subscribers.filter(({ subscriber }) => subscriber.returns > 0).length,
    misheard,
    fewestRounds: Math.min(...distinct.map((ids) => ids.length)),
    interrupted: distinct.flatMap((ids) => ids.filter((id, index) => ids.indexOf(id) !== index)),
  };
}
