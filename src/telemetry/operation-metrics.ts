/** Metrics of GraphQL operations. */
import { Counter, Gauge, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';
import type { LiveTransport } from '../graphql/live.ts';
import type { OperationAnswer } from '../graphql/observer.ts';
import { SECONDS } from './buckets.ts';

type OperationType = OperationAnswer['type'];
type OperationOutcome = 'ok' | 'partial' | 'failed' | 'left';

export interface OperationMetrics {
  /** Counts an answered operation or subscription event. `durationMs` is null when there is no duration to observe. */
  readonly answered: (answer: Omit<OperationAnswer, 'name'>, durationMs: number | null) => void;
  /** The caller left before the answer. */
  readonly left: () => void;
  /** A subscription has opened or closed. */
  readonly subscribed: (transport: LiveTransport, change: 1 | -1) => void;
  /** A subscriber was disconnected because it did not read its events. */
  readonly cut: (transport: LiveTransport) => void;
}

function outcomeLabel({ codes, hasData }: Pick<OperationAnswer, 'codes' | 'hasData'>): OperationOutcome {
  if (codes.length === 0) return 'ok';
  return hasData ? 'partial' : 'failed';
}

/**
 * Creates the operation metrics. `codes` are the error codes that are labels: their series exist from the start, and
 * none is added later. `codeLabel` maps any other code to `OTHER`.
 */
export function createOperationMetrics(
  registry: Registry,
  codeLabel: (code: unknown) => string,
  codes: readonly string[],
): OperationMetrics {
  const registers = [registry];
  const operations = new Counter({
    name: 'gateway_graphql_operations_total',
    help: 'GraphQL operations and subscription events, by outcome.',
    labelNames: ['type', 'outcome'] as const,
    registers,
  });
  const durations = new Histogram({
    name: 'gateway_graphql_operation_duration_seconds',
    help: 'Duration of GraphQL operations; for a subscription, until it is established.',
    labelNames: ['type'] as const,
    buckets: SECONDS,
    registers,
  });
  const errors = new Counter({
    name: 'gateway_graphql_errors_total',
    help: 'Errors in GraphQL responses, by code.',
    labelNames: ['code'] as const,
    registers,
  });
  const subscriptions = new Gauge({
    name: 'gateway_subscriptions_open',
    help: 'Open subscriptions, by transport.',
    labelNames: ['door'] as const,
    registers,
  });
  const cuts = new Counter({
    name: 'gateway_listeners_cut_total',
    help: 'Connections closed because the subscriber did not read its events.',
    labelNames: ['door'] as const,
    registers,
  });
  for (const door of ['sse', 'websocket'] as const) cuts.inc({ door }, 0);
  for (const code of codes) errors.inc({ code }, 0);
  for (const door of ['sse', 'websocket', 'callback'] as const) subscriptions.set({ door }, 0);

  function count(type: OperationType, outcome: OperationOutcome): void {
    operations.inc({ type, outcome });
  }

  return {
    answered({ type, ...answer }, durationMs) {
      count(type, outcomeLabel(answer));
      for (const code of answer.codes) errors.inc({ code: codeLabel(code) });
      if (durationMs !== null) durations.observe({ type }, durationMs / 1_000);
    },
    left: () => count('unknown', 'left'),
    subscribed: (transport, change) => subscriptions.inc({ door: transport }, change),
    cut: (transport) => cuts.inc({ door: transport }),
  };
}
