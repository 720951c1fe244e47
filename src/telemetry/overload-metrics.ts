/** What is counted of those who come when the process can take no more. */
import { Counter } from 'prom-client';
import type { Registry } from 'prom-client';
import type { Overload, RefusingDoor } from '../http/overload.ts';
import { watchStates } from './state-metrics.ts';

export interface OverloadMetrics {
  /** Somebody was refused at a door. */
  readonly refused: (door: RefusingDoor) => void;
  /** Has it looked up how things stand when the metrics are read. */
  readonly watch: (overload: Pick<Overload, 'open' | 'limit'>) => void;
}

/** Creates what counts these. */
export function createOverloadMetrics(registry: Registry): OverloadMetrics {
  const refusals = new Counter({
    name: 'gateway_overload_refused_total',
    help: 'Who was refused because the process could take no more, by the door.',
    labelNames: ['door'] as const,
    registers: [registry],
  });
  for (const door of ['http', 'websocket'] as const) refusals.inc({ door }, 0);
  return {
    refused: (door) => refusals.inc({ door }),
    watch: ({ open, limit }) =>
      watchStates(registry, [
        {
          name: 'gateway_requests_open',
          help: 'Requests without an answer, of GraphQL and for content; a subscription is one until it is established.',
          read: open,
        },
        { name: 'gateway_requests_open_limit', help: 'How many may be open; with more they are refused.', read: limit },
      ]),
  };
}
