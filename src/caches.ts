/** Wires the cache of Graph's responses (TTL, store, metrics) and what each operation reads through. */
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
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

/** The cache that one operation reads through, and how long its response stays fresh. */
export interface Keeping {
  /** The cache of meetings and users, shared by all operations; null if caching is off. */
  readonly cache: Cache | null;
  readonly freshness: Freshness;
}

/** Opens the cache, which replicas share if they share a Redis. Call the returned function for each operation. */
export function wireCaches({ config, store, seal, metrics, clock }: CachesWiring): () => Keeping {
  const { cacheTtlMs: ttlMs, redis } = config;
  const counting = { onRead: metrics?.cache.read, onStoreFailed: metrics?.cache.storeFailed };
  // A cache keeps entries in process memory anyway.
  const shared = { store: redis === null ? null : store, seal, clock };
  const cache = ttlMs === null ? null : createCache({ ttlMs, ...shared, ...counting });
  return () => ({ cache, freshness: createFreshness(clock) });
}
