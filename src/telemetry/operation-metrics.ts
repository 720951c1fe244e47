/** What is counted of GraphQL operations. */
import { Counter, Gauge, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';
import type { OperationAnswer } from '../graphql/observer.ts';
import type { LiveDoorName } from '../graphql/live.ts';
import { SECONDS } from './buckets.ts';

type OperationType = OperationAnswer['type'];
type OperationOutcome = 'ok' | 'partial' | 'failed' | 'left';

export interface OperationMetrics {
  /** An operation was answered, or an event of a subscription made; with null it was before it took any time. */
  readonly answered: (answer: Omit<OperationAnswer, 'name'>, durationMs: number | null) => void;
  /** Its caller left before. */
  readonly left: () => void;
  /** There is one subscription more, or one fewer. */
  readonly subscribed: (door: LiveDoorName, change: 1 | -1) => void;
  /** Somebody who listened was cut off, because they took nothing. */
  readonly cut: (door: LiveDoorName) => void;
}

function outcomeLabel({ codes, hasData }: Pick<OperationAnswer, 'codes' | 'hasData'>): OperationOutcome {
  if (codes.length === 0) return 'ok';
  return hasData ? 'partial' : 'failed';
}

/**
 * Creates what counts operations. Of the codes of errors those that are known are labels, so that they are there from the
 * beginning and none is added: any other counts as `OTHER`.
 */
export function createOperationMetrics(
  registry: Registry,
  codeLabel: (code: unknown) => string,
  codes: readonly string[],
): OperationMetrics {
  const registers = [registry];
  const operations = new Counter({
    name: 'gateway_graphql_operations_total',
    help: 'Operations, and events of subscriptions, by what became of them.',
    labelNames: ['type', 'outcome'] as const,
    registers,
  });
  const durations = new Histogram({
    name: 'gateway_graphql_operation_duration_seconds',
    help: 'How long they took; of a subscription, until it could begin.',
    labelNames: ['type'] as const,
    buckets: SECONDS,
    registers,
  });
  const errors = new Counter({
    name: 'gateway_graphql_errors_total',
    help: 'Errors in the answers, by their code.',
    labelNames: ['code'] as const,
    registers,
  });
  const subscriptions = new Gauge({
    name: 'gateway_subscriptions_open',
    help: 'Subscriptions to which somebody listens.',
    labelNames: ['door'] as const,
    registers,
  });
  const cuts = new Counter({
    name: 'gateway_listeners_cut_total',
    help: 'Connections over which somebody listened, cut because what was sent was not taken.',
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
    subscribed: (door, change) => subscriptions.inc({ door }, change),
    cut: (door) => cuts.inc({ door }),
  };
}
