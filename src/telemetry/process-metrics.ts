/** What is measured of the process: memory, handles, garbage collection, and how late and how busy its event loop is. */
import { performance } from 'node:perf_hooks';
import { Counter, collectDefaultMetrics } from 'prom-client';
import type { Registry } from 'prom-client';

/**
 * Measures the process from now on; called once in it. How late the event loop is comes from Node's own histogram, which is begun
 * anew with each scrape. How busy it is are two counters, so that it does not matter how many read them:
 * https://nodejs.org/api/perf_hooks.html#performanceeventlooputilizationutilization1-utilization2
 */
export function measureProcess(registry: Registry): void {
  collectDefaultMetrics({ register: registry });
  const seconds = new Counter({
    name: 'nodejs_eventloop_seconds_total',
    help: 'How long the event loop has been active, and idle.',
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
