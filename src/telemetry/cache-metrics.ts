/** Metrics of the cache of Graph's responses. */
import { Counter } from 'prom-client';
import type { Registry } from 'prom-client';

type Resource = 'onlineMeeting' | 'user';

export interface CacheMetrics {
  /** Counts one lookup in the cache. */
  readonly read: (resource: Resource, outcome: 'hit' | 'miss') => void;
  /** Counts a failed read or write of the store that replicas share. */
  readonly storeFailed: () => void;
}

/** Creates the cache metrics. Without a cache they stay at 0. */
export function createCacheMetrics(registry: Registry): CacheMetrics {
  const reads = new Counter({
    name: 'gateway_cache_reads_total',
    help: 'Meetings and users looked up in the cache, by outcome: a hit needs no request to Microsoft Graph.',
    labelNames: ['resource', 'outcome'] as const,
    registers: [registry],
  });
  const failures = new Counter({
    name: 'gateway_cache_store_failures_total',
    help: 'Reads and writes of the cache in Redis that failed or took too long.',
    registers: [registry],
  });
  for (const resource of ['onlineMeeting', 'user'] as const)
    for (const outcome of ['hit', 'miss'] as const) reads.inc({ resource, outcome }, 0);
  return { read: (resource, outcome) => reads.inc({ resource, outcome }), storeFailed: () => failures.inc() };
}
