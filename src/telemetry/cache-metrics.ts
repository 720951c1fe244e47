/** What is counted of what is kept of Graph's answers. */
import { Counter } from 'prom-client';
import type { Registry } from 'prom-client';

type Resource = 'onlineMeeting' | 'user';

export interface CacheMetrics {
  /** Somebody wanted a thing, and it was kept or not. */
  readonly read: (resource: Resource, outcome: 'hit' | 'miss') => void;
  /** The store that replicas share could not be asked, or not told. */
  readonly storeFailed: () => void;
}

/** Creates what counts these. Where nothing is kept they stay at 0. */
export function createCacheMetrics(registry: Registry): CacheMetrics {
  const reads = new Counter({
    name: 'gateway_cache_reads_total',
    help: 'Meetings and users that were wanted where they may be kept: a hit was, and Microsoft Graph is not asked.',
    labelNames: ['resource', 'outcome'] as const,
    registers: [registry],
  });
  const failures = new Counter({
    name: 'gateway_cache_store_failures_total',
    help: 'How often Redis could not be asked in time for what is kept, or not told.',
    registers: [registry],
  });
  for (const resource of ['onlineMeeting', 'user'] as const)
    for (const outcome of ['hit', 'miss'] as const) reads.inc({ resource, outcome }, 0);
  return { read: (resource, outcome) => reads.inc({ resource, outcome }), storeFailed: () => failures.inc() };
}
