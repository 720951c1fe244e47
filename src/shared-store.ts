/** Opens the configured store: shared by replicas, or in the memory of one process. */
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { Log } from './log.ts';
import { createMemoryStore } from './store/memory.ts';
import type { Retention, Store } from './store/store.ts';

interface StoreParts {
  readonly config: Config;
  readonly log: Log;
  readonly clock: Clock;
}

/** A log is deleted a week after its last step: for an organizer, after a week without subscribers. */
const RETENTION: Retention = { records: 1_000, idleMs: 7 * 24 * 60 * 60_000 };

const REDIS_COMMAND_TIMEOUT_MS = 2_000;

/** Opens a store in the memory of this process. It is lost when the process ends. */
export function openMemoryStore(clock: Clock): Store {
  return createMemoryStore({ retention: RETENTION, clock });
}

/** Opens Redis if it is configured, else a store in memory. An unreachable Redis is retried without limit. */
export async function openStore({ config, log, clock }: StoreParts): Promise<Store> {
  if (config.redis === null) return openMemoryStore(clock);
  const { createRedisStore } = await import('./store/redis.ts');
  return createRedisStore({
    ...config.redis,
    retention: RETENTION,
    commandTimeoutMs: REDIS_COMMAND_TIMEOUT_MS,
    onUnreachable: (error) => log.error({ error }, 'Redis is unreachable; state that replicas share is unavailable'),
    onReachable: () => log.info('Redis is reachable'),
  });
}
