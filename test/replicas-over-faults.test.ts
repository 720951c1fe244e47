import { describe, expect, it } from 'vitest';
import type { Emulator } from '../src/emulator/emulator.ts';
import { hasRedis, redisNote } from './support/redis.ts';
import { REPLICAS_TIMEOUT_MS, tellThroughReplicas } from './support/replicated-feed.ts';

/** What goes wrong with Graph while recordings are added. */
const FAULTS: readonly ((emulator: Emulator) => void)[] = [
  (emulator) => emulator.fail({ kind: 'emptyPage', match: { path: '/delta' } }),
  (emulator) => emulator.fail({ kind: 'status', status: 429, retryAfterSeconds: 1, match: { path: '/delta' } }),
  (emulator) => emulator.fail({ kind: 'status', status: 500, match: { path: '/delta' } }),
  (emulator) => emulator.fail({ kind: 'cut' }),
  (emulator) => emulator.fail({ kind: 'reset' }),
  (emulator) => emulator.expireDeltaTokens(),
];

describe.skipIf(!hasRedis())(`Three gateways over one Redis (${redisNote})`, () => {
  // A file of its own, so that it runs beside the one without faults: each waits most of its time.
  it(
    'tell everybody of every recording once, and in order, while Graph fails, forgets and repeats besides',
    async () => {
      const outcome = await tellThroughReplicas({ faults: FAULTS, replayedRecordings: 5 });
      expect(outcome).toMatchObject({ recordings: 1_000, subscribers: 200, misheard: [], interrupted: [] });
      expect(outcome.returned).toBeGreaterThan(outcome.subscribers / 2);
      expect(outcome.kills).toBeGreaterThan(3);
      expect(outcome.stops).toBeGreaterThan(1);
      expect(outcome.fewestRounds).toBeGreaterThan(10);
    },
    REPLICAS_TIMEOUT_MS,
  );
});
