import { describe, expect, it } from 'vitest';
import type { Emulator } from '../src/emulator/emulator.ts';
import { hasRedis, redisNote } from './support/redis.ts';
import { REPLICAS_TIMEOUT_MS, tellThroughReplicas } from './support/replicated-feed.ts';

/** The faults of Graph while recordings are added. */
const FAULTS: readonly ((emulator: Emulator) => void)[] = [
  (emulator) => emulator.fail({ kind: 'emptyPage', match: { path: '/delta' } }),
  (emulator) => emulator.fail({ kind: 'status', status: 429, retryAfterSeconds: 1, match: { path: '/delta' } }),
  (emulator) => emulator.fail({ kind: 'status', status: 500, match: { path: '/delta' } }),
  (emulator) => emulator.fail({ kind: 'cut' }),
  (emulator) => emulator.fail({ kind: 'reset' }),
  (emulator) => emulator.expireDeltaTokens(),
];

describe.skipIf(!hasRedis())(`Three gateways over one Redis (${redisNote})`, () => {
  // A separate file, to run in parallel with the test without faults: both mostly wait.
  it(
    'deliver every recording to every subscriber once and in order while Graph fails, expires tokens and repeats',
    async () => {
      const outcome = await tellThroughReplicas({ faults: FAULTS, replayedRecordings: 5 });
      expect(outcome).toMatchObject({ recordings: 1_000, subscribers: 200, misheard: [], interrupted: [] });
      expect(outcome.returned).toBeGreaterThan(outcome.subscribers / 2);
      expect(outcome.kills).toBeGreaterThan(3);
      expect(outcome.stops).toBeGreaterThan(1);
      expect(outcome.fewestRounds).toBeGreaterThan(outcome.kills + outcome.stops);
    },
    REPLICAS_TIMEOUT_MS,
  );
});
