/** Metrics of the process: memory, handles, garbage collection, event loop lag and event loop utilization. */
import { performance } from 'node:perf_hooks';
import { Counter, collectDefaultMetrics } from 'prom-client';
import type { Registry } from 'prom-client';

/**
 * Adds the metrics of the process; called once per process. The event loop lag comes from Node's histogram, which each
 * scrape resets. The utilization is two counters, so that any number of scrapers can read it:
 * https://nodejs.org/api/perf_hooks.html#performanceeventlooputilizationutilization1-utilization2
 */
export function measureProcess(registry: Registry): void {
  collectDefaultMetrics({ register: registry });
  const seconds = new Counter({
    name: 'nodejs_eventloop_seconds_total',
    help: 'Time that the event loop was active or idle, by state.',
    labelNames: ['state'] as const,
    registers: [registry],
    collect() {
      const { active, idle } = performance.eventLoopUtilization();
      seconds.reset();
      seconds.inc({ state: 'active' }, active / 1_000);
      seconds.inc({ state: 'idle' }, idle / 1_000);
    },
  });
}
