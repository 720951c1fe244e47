/** Metrics of overload: requests that are refused, and operations that wait. */
import { Counter } from 'prom-client';
import type { Registry } from 'prom-client';
import type { WaitingRoom } from '../http/protection/waiting-room.ts';
import type { Overload, RefusingTransport } from '../http/protection/overload.ts';
import { watchStates } from './state-metrics.ts';

export interface OverloadMetrics {
  /** A request was refused over HTTP or WebSocket. */
  readonly refused: (transport: RefusingTransport) => void;
  /** Registers gauges that are read at each scrape. */
  readonly watch: (overload: Pick<Overload, 'open' | 'limit'> & Pick<WaitingRoom, 'waiting'>) => void;
}

/** Creates the overload metrics. */
export function createOverloadMetrics(registry: Registry): OverloadMetrics {
  const refusals = new Counter({
    name: 'gateway_overload_refused_total',
    help: 'Requests refused because the process is overloaded, by transport.',
    labelNames: ['door'] as const,
    registers: [registry],
  });
  for (const door of ['http', 'websocket'] as const) refusals.inc({ door }, 0);
  return {
    refused: (transport) => refusals.inc({ door: transport }),
    watch: ({ open, limit, waiting }) =>
      watchStates(registry, [
        {
          name: 'gateway_requests_open',
          help: 'Open GraphQL and content requests; a subscription counts until it is established.',
          read: open,
        },
        {
          name: 'gateway_requests_open_limit',
          help: 'Limit of open requests; further requests are refused.',
          read: limit,
        },
        {
          name: 'gateway_operations_waiting',
          help: 'Operations that have not begun, because the process has enough to do with those that have.',
          read: waiting,
        },
      ]),
  };
}
