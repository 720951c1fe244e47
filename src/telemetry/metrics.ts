/** All metrics, in one registry that Prometheus reads. */
import { Registry } from 'prom-client';
import { createCacheMetrics } from './cache-metrics.ts';
import type { CacheMetrics } from './cache-metrics.ts';
import { createContentMetrics } from './content-metrics.ts';
import type { ContentMetrics } from './content-metrics.ts';
import { createFeedMetrics } from './feed-metrics.ts';
import type { FeedMetrics } from './feed-metrics.ts';
import { createGraphMetrics } from './graph-metrics.ts';
import type { GraphMetrics } from './graph-metrics.ts';
import { createHttpMetrics } from './http-metrics.ts';
import { createOperationMetrics } from './operation-metrics.ts';
import type { OperationMetrics } from './operation-metrics.ts';
import { createOverloadMetrics } from './overload-metrics.ts';
import type { OverloadMetrics } from './overload-metrics.ts';
import { measureProcess } from './process-metrics.ts';
import { createTokenMetrics } from './token-metrics.ts';
import type { TokenMetrics } from './token-metrics.ts';

export interface Metrics {
  readonly http: ReturnType<typeof createHttpMetrics>;
  readonly operations: OperationMetrics;
  readonly graph: GraphMetrics;
  readonly tokens: TokenMetrics;
  readonly feed: FeedMetrics;
  readonly content: ContentMetrics;
  readonly overload: OverloadMetrics;
  readonly cache: CacheMetrics;
  /** Adds the metrics of the process. Called once per process. */
  readonly measureProcess: () => void;
  readonly contentType: string;
  /** Returns all metrics in Prometheus' text format. */
  readonly read: () => Promise<string>;
}

/** The error codes of GraphQL.js and Apollo Server, in addition to our own. */
const OTHER_CODES = [
  'GRAPHQL_PARSE_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
] as const;

export interface MetricsOptions {
  /** The error codes that clients may receive. */
  readonly codes: readonly string[];
  /** The time in milliseconds since the epoch. */
  readonly now: () => number;
  /** The number of the worker, a label of every series; null or undefined with a single process. */
  readonly worker?: number | null;
}

/** Creates metrics with a registry of their own, so that two gateways in one process count separately. */
export function createMetrics({ codes, now, worker = null }: MetricsOptions): Metrics {
  const registry = new Registry();
  if (worker !== null) registry.setDefaultLabels({ worker });
  const labels = [...new Set([...codes, ...OTHER_CODES, 'OTHER'])];
  const known = new Set<unknown>(labels);
  const codeLabel = (code: unknown): string => (known.has(code) ? String(code) : 'OTHER');
  return {
    http: createHttpMetrics(registry),
    operations: createOperationMetrics(registry, codeLabel, labels),
    graph: createGraphMetrics(registry),
    tokens: createTokenMetrics(registry, now),
    feed: createFeedMetrics(registry),
    content: createContentMetrics(registry),
    overload: createOverloadMetrics(registry),
    cache: createCacheMetrics(registry),
    measureProcess: () => measureProcess(registry),
    contentType: registry.contentType,
    read: () => registry.metrics(),
  };
}
