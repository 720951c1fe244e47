/** The store of the configuration: what replicas share, or one process remembers. */
import type { Config } from './config.ts';
import type { Log } from './log.ts';
import type { Clock } from './msgraph/clock.ts';
import { createMemoryStore } from './store/memory.ts';
import type { Retention, Store } from './store/store.ts';

interface StoreParts {
  readonly config: Config;
  readonly log: Log;
  readonly clock: Clock;
}

/** A week without anybody who listens, and what was told to whom is forgotten. */
const RETENTION: Retention = { records: 1_000, idleMs: 7 * 24 * 60 * 60_000 };

const REDIS_COMMAND_TIMEOUT_MS = 2_000;

/** Opens a store in the memory of this process, which goes with it. */
export function openMemoryStore(clock: Clock): Store {
  return createMemoryStore({ retention: RETENTION, clock });
}

/** Opens Redis where it is configured, and the memory of this process elsewhere. A Redis that is away is tried again, for as long as it takes. */
export async function openStore({ config, log, clock }: StoreParts): Promise<Store> {
  if (config.redis === null) return openMemoryStore(clock);
  const { createRedisStore } = await import('./store/redis.ts');
  return createRedisStore({
    ...config.redis,
    retention: RETENTION,
    commandTimeoutMs: REDIS_COMMAND_TIMEOUT_MS,
    onUnreachable: (error) => log.error({ error }, 'Redis cannot be reached; what replicas share waits for it'),
    onReachable: () => log.info('Redis is reached'),
  });
}
