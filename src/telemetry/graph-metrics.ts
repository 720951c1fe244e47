/** Metrics of requests to Microsoft Graph. */
import { Counter, Gauge, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';
import type { CircuitState } from '../msgraph/admission/circuit-breaker.ts';
import { exchangeKinds } from '../msgraph/exchange/exchange-watch.ts';
import type { BegunExchange, EndedExchange, ExchangeKind } from '../msgraph/exchange/exchange-watch.ts';
import { SECONDS } from './buckets.ts';
import { watchStateSet, watchStates } from './state-metrics.ts';

export interface GraphMetrics {
  readonly begun: (exchange: BegunExchange) => void;
  readonly ended: (kind: ExchangeKind, exchange: EndedExchange) => void;
  /** The number of queued parts has changed by `change`. */
  readonly queued: (change: number) => void;
  /** A retry was sent, or refused by the retry budget. */
  readonly retried: (isSent: boolean) => void;
  /** Registers a gauge of the retries left in the budget, read at each scrape. */
  readonly watchRetryBudget: (left: () => number) => void;
  /** Registers a gauge of the circuit's state, read at each scrape. */
  readonly watchCircuit: (read: () => CircuitState) => void;
}

const CIRCUIT_STATES: readonly CircuitState[] = ['closed', 'open', 'half-open'];

/** The outcome of an exchange or a part as a label. Statuses are grouped, so that labels stay few. */
function outcomeLabel(outcome: number | string): string {
  if (typeof outcome === 'string') return outcome;
  if (outcome === 429) return '429';
  return outcome >= 100 && outcome < 600 ? `${Math.floor(outcome / 100)}xx` : 'other';
}

/** Creates the Graph metrics. The gauges of requests in flight and queued cover all credentials together. */
export function createGraphMetrics(registry: Registry): GraphMetrics {
  const registers = [registry];
  const requests = new Counter({
    name: 'gateway_graph_requests_total',
    help: 'HTTP requests to Microsoft Graph, by kind and outcome.',
    labelNames: ['kind', 'outcome'] as const,
    registers,
  });
  const parts = new Counter({
    name: 'gateway_graph_parts_total',
    help: 'Requests to Graph, each part of a batch counting as one, by outcome.',
    labelNames: ['outcome'] as const,
    registers,
  });
  const durations = new Histogram({
    name: 'gateway_graph_request_duration_seconds',
    help: 'How long Graph took to respond; for content, until its first byte could be read.',
    labelNames: ['kind'] as const,
    buckets: SECONDS,
    registers,
  });
  const fill = new Histogram({
    name: 'gateway_graph_batch_parts',
    help: 'Parts in a batch, at most 20.',
    buckets: [1, 2, 5, 10, 15, 19, 20],
    registers,
  });
  const waits = new Histogram({
    name: 'gateway_graph_retry_after_seconds',
    help: 'Wait times that Graph requested with Retry-After.',
    buckets: [1, 2, 5, 10, 30, 60, 120, 300],
    registers,
  });
  const inFlight = new Gauge({
    name: 'gateway_graph_requests_in_flight',
    help: 'HTTP requests to Graph without a response.',
    registers,
  });
  let queued = 0;
  const waiting = new Gauge({
    name: 'gateway_graph_requests_queued',
    help: 'Requests that are waiting to be sent to Graph, each part of a batch counting as one.',
    registers,
    // Parts come and go often, so the gauge is set at a scrape and not at each change.
    collect() {
      waiting.set(queued);
    },
  });
  const retries = new Counter({
    name: 'gateway_graph_retries_total',
    help: 'Retries that were due, by whether the retry budget of the process allowed them.',
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
          help: 'Retries that this process may send to Graph now.',
          read: left,
        },
      ]),
    watchCircuit: (read) =>
      watchStateSet(registry, {
        name: 'gateway_graph_circuit_state',
        help: 'State of the circuit breaker for Microsoft Graph: 1 for the current state.',
        states: CIRCUIT_STATES,
        read,
      }),
  };
}
