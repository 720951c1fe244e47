/** Everything that is counted, in one register that Prometheus reads. */
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
  /** Measures the process as well. Called once in it. */
  readonly measureProcess: () => void;
  readonly contentType: string;
  /** All of it in Prometheus' text. */
  readonly read: () => Promise<string>;
}

/** The codes that GraphQL.js and Apollo Server give beside our own. */
const OTHER_CODES = [
  'GRAPHQL_PARSE_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
] as const;

export interface MetricsOptions {
  /** The codes of errors that clients may read. */
  readonly codes: readonly string[];
  /** The time in milliseconds since the epoch. */
  readonly now: () => number;
  /** By which number every series says which of several workers has counted; null or undefined where there is only one. */
  readonly worker?: number | null;
}

/** Creates metrics of their own: two gateways in one process count each for itself. */
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
