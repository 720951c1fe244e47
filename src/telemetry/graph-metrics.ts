/** What is counted of what is asked of Microsoft Graph. */
import { Counter, Gauge, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';
import type { CircuitState } from '../msgraph/circuit.ts';
import { exchangeKinds } from '../msgraph/exchange-watch.ts';
import type { BegunExchange, EndedExchange, ExchangeKind } from '../msgraph/exchange-watch.ts';
import { SECONDS } from './buckets.ts';
import { watchStateSet, watchStates } from './state-metrics.ts';

export interface GraphMetrics {
  readonly begun: (exchange: BegunExchange) => void;
  readonly ended: (kind: ExchangeKind, exchange: EndedExchange) => void;
  /** What waits to be sent has grown or shrunk. */
  readonly queued: (change: number) => void;
  /** A retry was sent, or there was no room for it in the budget. */
  readonly retried: (isSent: boolean) => void;
  /** Has it looked up how many retries may be sent when the metrics are read. */
  readonly watchRetryBudget: (left: () => number) => void;
  /** The same for the state of the circuit. */
  readonly watchCircuit: (read: () => CircuitState) => void;
}

const CIRCUIT_STATES: readonly CircuitState[] = ['closed', 'open', 'half-open'];

/** What an exchange or a part came to as a label, of which there are few, whatever status Graph sends. */
function outcomeLabel(outcome: number | string): string {
  if (typeof outcome === 'string') return outcome;
  if (outcome === 429) return '429';
  return outcome >= 100 && outcome < 600 ? `${Math.floor(outcome / 100)}xx` : 'other';
}

/** Creates what counts exchanges. What is in flight and what waits is that of all credentials together. */
export function createGraphMetrics(registry: Registry): GraphMetrics {
  const registers = [registry];
  const requests = new Counter({
    name: 'gateway_graph_requests_total',
    help: 'HTTP requests to Microsoft Graph by kind and by what the whole came to.',
    labelNames: ['kind', 'outcome'] as const,
    registers,
  });
  const parts = new Counter({
    name: 'gateway_graph_parts_total',
    help: 'What was asked with them, a part of a batch counting as one, by what it came to.',
    labelNames: ['outcome'] as const,
    registers,
  });
  const durations = new Histogram({
    name: 'gateway_graph_request_duration_seconds',
    help: 'How long Graph took to answer; of content, until its first byte could be read.',
    labelNames: ['kind'] as const,
    buckets: SECONDS,
    registers,
  });
  const fill = new Histogram({
    name: 'gateway_graph_batch_parts',
    help: 'How many parts a batch had, of 20 at most.',
    buckets: [1, 2, 5, 10, 15, 19, 20],
    registers,
  });
  const waits = new Histogram({
    name: 'gateway_graph_retry_after_seconds',
    help: 'How long Graph asked to wait, each time that it did.',
    buckets: [1, 2, 5, 10, 30, 60, 120, 300],
    registers,
  });
  const inFlight = new Gauge({
    name: 'gateway_graph_requests_in_flight',
    help: 'HTTP requests to Graph that have no answer yet.',
    registers,
  });
  let queued = 0;
  const waiting = new Gauge({
    name: 'gateway_graph_requests_queued',
    help: 'What waits to be sent to Graph, a part of a batch to be counting as one.',
    registers,
    // Each part comes and goes; how many there are is told when somebody asks.
    collect() {
      waiting.set(queued);
    },
  });
  const retries = new Counter({
    name: 'gateway_graph_retries_total',
    help: 'Retries that were due, by whether the budget of the process had room for them.',
    labelNames: ['outcome'] as const,
    registers,
  });
  for (const kind of exchangeKinds) requests.inc({ kind, outcome: '2xx' }, 0);
  for (const outcome of ['2xx', '429', '5xx']) parts.inc({ outcome }, 0);
  for (const outcome of ['sent', 'refused'] as const) retries.inc({ outcome }, 0);

  return {
    begun({ kind, parts: count }) {
      inFlight.inc();
      if (kind === 'batch') fill.observe(count);
    },
    ended(kind, exchange) {
      inFlight.dec();
      requests.inc({ kind, outcome: outcomeLabel(exchange.outcome) });
      durations.observe({ kind }, exchange.durationMs / 1_000);
      const counts = new Map<string, number>();
      for (const { outcome, retryAfterMs } of exchange.parts) {
        const label = outcomeLabel(outcome);
        counts.set(label, (counts.get(label) ?? 0) + 1);
        if (retryAfterMs !== null) waits.observe(retryAfterMs / 1_000);
      }
      for (const [outcome, count] of counts) parts.inc({ outcome }, count);
    },
    queued(change) {
      queued += change;
    },
    retried: (isSent) => retries.inc({ outcome: isSent ? 'sent' : 'refused' }),
    watchRetryBudget: (left) =>
      watchStates(registry, [
        {
          name: 'gateway_graph_retry_budget_remaining',
          help: 'How many retries toward Graph this process may send now.',
          read: left,
        },
      ]),
    watchCircuit: (read) =>
      watchStateSet(registry, {
        name: 'gateway_graph_circuit_state',
        help: 'Whether Microsoft Graph is asked: 1 for the state that the circuit is in.',
        states: CIRCUIT_STATES,
        read,
      }),
  };
}
