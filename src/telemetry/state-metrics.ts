/** What is looked up when somebody reads the metrics: how things stand just then. */
import { Gauge } from 'prom-client';
import type { Registry } from 'prom-client';

/** A number that is looked up each time that the metrics are read. */
interface State {
  readonly name: string;
  readonly help: string;
  readonly read: () => number;
}

/** Has numbers looked up whenever the metrics are read, and not before. */
export function watchStates(registry: Registry, states: readonly State[]): void {
  for (const { name, help, read } of states) {
    const gauge: Gauge = new Gauge({ name, help, registers: [registry], collect: () => gauge.set(read()) });
  }
}

/**
 * The same for what is in one of several states: each is a series of its own, which is 1 while it is the one
 * (https://prometheus.io/docs/practices/instrumentation/).
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
