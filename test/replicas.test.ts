import { describe, expect, it } from 'vitest';
import { hasRedis, redisNote } from './support/redis.ts';
import { REPLICAS_TIMEOUT_MS, tellThroughReplicas } from './support/replicated-feed.ts';

describe.skipIf(!hasRedis())(`Three gateways over one Redis (${redisNote})`, () => {
  it(
    'deliver every recording to every subscriber once and in order while processes are killed and Redis stops',
    async () => {
      const outcome = await tellThroughReplicas({ faults: [], replayedRecordings: 0 });
      expect(outcome).toMatchObject({ recordings: 1_000, subscribers: 200, misheard: [], interrupted: [] });
      expect(outcome.returned).toBeGreaterThan(outcome.subscribers / 2);
      expect(outcome.kills).toBeGreaterThan(3);
      expect(outcome.stops).toBeGreaterThan(1);
      // Their number depends on the speed of the machine.
      expect(outcome.fewestRounds).toBeGreaterThan(outcome.kills + outcome.stops);
    },
    REPLICAS_TIMEOUT_MS,
  );
});
