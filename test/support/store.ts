/** All kinds of stores, for the tests of their common promises. */
import { inspect } from 'node:util';
import { beforeAll, describe, onTestFinished } from 'vitest';
import { createMemoryStore } from '../../src/store/memory.ts';
import { createRedisStore } from '../../src/store/redis.ts';
import type { RedisStoreOptions } from '../../src/store/redis.ts';
import type { LogState, LogStep, Retention, StepOutcome, Store } from '../../src/store/store.ts';
import { createDrivenClock } from './clock.ts';
import { hasRedis, launchRedis, redisNote } from './redis.ts';

export interface SharedStore {
  /** The stores of two replicas. */
  readonly store: Store;
  readonly other: Store;
  /** Lets time pass if it is driven. Otherwise it passes by itself, and a test has to wait for the effects. */
  readonly pass: (ms: number) => void;
}

/** Opens a store that is empty and ends with the test. */
export type OpenStore = (retention?: Partial<Retention>) => Promise<SharedStore>;

export const LONG_MS = 60 * 60_000;
export const SHORT_MS = 5;

const plenty: Retention = { records: 1_000, idleMs: LONG_MS };

/** A store in Redis, and what it has reported. */
export interface OpenRedisStore {
  readonly store: Store;
  /** Its reports so far: that Redis is reachable, or the whole error that says why not. */
  readonly told: readonly string[];
  /** What a listener has received so far: the messages, and `(gap)`. */
  readonly heard: readonly string[];
}

/** Opens a store in a Redis, which ends with the test. */
export async function openRedisStore(url: string, options: Partial<RedisStoreOptions> = {}): Promise<OpenRedisStore> {
  const told: string[] = [];
  const heard: string[] = [];
  const store = await createRedisStore({
    url,
    prefix: 'gateway:',
    retention: plenty,
    commandTimeoutMs: 10_000,
    onUnreachable: (error) => told.push(inspect(error, { showHidden: true, depth: 9 })),
    onReachable: () => told.push('reachable'),
    ...options,
  });
  onTestFinished(() => store.close());
  store.listen({ onMessage: (message) => heard.push(message), onGap: () => heard.push('(gap)') });
  return { store, told, heard };
}

const openMemory: OpenStore = async (retention) => {
  const clock = createDrivenClock();
  const store = createMemoryStore({ retention: { ...plenty, ...retention }, clock });
  onTestFinished(() => store.close());
  return { store, other: store, pass: (ms) => clock.advance(ms) };
};

/** Runs the same tests for every kind of store. */
export function describeStores(tests: (open: OpenStore) => void): void {
  describe('a store in memory', () => {
    tests(openMemory);
  });

  describe.skipIf(!hasRedis())(`a store in Redis (${redisNote})`, () => {
    let url = '';
    let opened = 0;
    beforeAll(async () => {
      const redis = await launchRedis();
      ({ url } = redis);
      return () => redis.end();
    });
    tests(async (retention) => {
      opened += 1;
      const options = { prefix: `test-${opened}:`, retention: { ...plenty, ...retention } };
      const [{ store }, { store: other }] = [await openRedisStore(url, options), await openRedisStore(url, options)];
      return { store, other, pass: () => undefined };
    });
  });
}

/** A step after a state of the log, with an epoch, a state and only what is given. */
export function step(after: LogState | null, rest: Partial<LogStep> = {}): LogStep {
  return { after, fence: null, epoch: 'an epoch', state: 'a state', record: null, names: [], ...rest };
}

/** The log after a step. Throws if the step was not taken. */
export function stateOf(outcome: StepOutcome): LogState {
  if (typeof outcome === 'string') throw new Error(`Expected the step to be taken, but the outcome is ${outcome}.`);
  return outcome;
}

/** Begins a log, or continues it, with a record for each text. */
export async function appendAll(store: Store, key: string, texts: readonly string[]): Promise<LogState> {
  let state = await store.readLog(key);
  for (const record of texts) state = stateOf(await store.append(key, step(state, { record })));
  if (state === null) throw new Error('Expected a text at least.');
  return state;
}
