/** Gauges of current state, read only at a scrape. */
import { Gauge } from 'prom-client';
import type { Registry } from 'prom-client';

/** A gauge whose value `read` returns at each scrape. */
interface State {
  readonly name: string;
  readonly help: string;
  readonly read: () => number;
}

/** Registers a gauge for each state. */
export function watchStates(registry: Registry, states: readonly State[]): void {
  for (const { name, help, read } of states) {
    const gauge: Gauge = new Gauge({ name, help, registers: [registry], collect: () => gauge.set(read()) });
  }
}

/**
 * Registers a gauge for a value that is one of several names. Each name is a series of its own, 1 while it is the
 * current one and 0 otherwise (https://prometheus.io/docs/practices/instrumentation/).
 */
export function watchStateSet<Name extends string>(
  registry: Registry,
  {
    name,
    help,
    states,
    read,
  }: Pick<State, 'name' | 'help'> & {
    readonly states: readonly Name[];
    readonly read: () => Name;
  },
): void {
  const gauge = new Gauge({
    name,
    help,
    labelNames: ['state'] as const,
    registers: [registry],
    collect() {
      const current = read();
      for (const state of states) gauge.set({ state }, state === current ? 1 : 0);
    },
  });
}
