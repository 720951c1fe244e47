/** The wiring of what is kept of Graph's answers: for how long, where, and who counts; and what each operation has of it. */
import type { Config } from './config.ts';
import type { Clock } from './msgraph/clock.ts';
import { createCache } from './recordings/cache.ts';
import type { Cache } from './recordings/cache.ts';
import { createFreshness } from './recordings/freshness.ts';
import type { Freshness } from './recordings/freshness.ts';
import type { Seal } from './recordings/seal.ts';
import type { Store } from './store/store.ts';
import type { Metrics } from './telemetry/metrics.ts';

interface CachesWiring {
  readonly config: Config;
  readonly store: Store;
  readonly seal: Seal;
  readonly metrics: Metrics | null;
  readonly clock: Clock;
}

/** What one operation reads by, and for how long its answer may be kept. */
export interface Keeping {
  /** That of meetings and users, the same for all operations; null where nothing is to be kept. */
  readonly cache: Cache | null;
  readonly freshness: Freshness;
}

/** Opens the cache, which replicas share where they share a Redis. What is returned is called for each operation. */
export function wireCaches({ config, store, seal, metrics, clock }: CachesWiring): () => Keeping {
  const { cacheTtlMs: ttlMs, redis } = config;
  const counting = { onRead: metrics?.cache.read, onStoreFailed: metrics?.cache.storeFailed };
  // The memory of the process is what a cache has anyway.
  const shared = { store: redis === null ? null : store, seal, clock };
  const cache = ttlMs === null ? null : createCache({ ttlMs, ...shared, ...counting });
  return () => ({ cache, freshness: createFreshness(clock) });
}
