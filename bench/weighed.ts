/** Preloaded into a measured program: on each message, reports the process's memory after garbage collection. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setImmediate as turn } from 'node:timers/promises';
import type { Weight } from './message.ts';

/** One collection may release further objects, and finalizers run in between. */
const COLLECTIONS = 3;
const RESOLUTION_MS = 10;
const NS_PER_MS = 1_000_000;

const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
delay.enable();

/** A measured delay includes the sampling interval. */
function delayMs(ns: number): number {
  return Math.max(0, ns / NS_PER_MS - RESOLUTION_MS);
}

async function weigh(): Promise<void> {
  const lateness = { p50: delayMs(delay.percentile(50)), p99: delayMs(delay.percentile(99)), max: delayMs(delay.max) };
  for (let collection = 0; collection < COLLECTIONS; collection += 1) {
    globalThis.gc?.({ execution: 'sync', flavor: 'last-resort' });
    await turn();
  }
  delay.reset();
  const { rss, heapUsed, external } = process.memoryUsage();
  const handles = process.getActiveResourcesInfo().length;
  const weight: Weight = {
    residentBytes: rss,
    heapBytes: heapUsed,
    externalBytes: external,
    handles,
    delayMs: lateness,
  };
  process.send?.(weight);
}

process.on('message', () => void weigh());
// The channel must not keep the process alive.
process.channel?.unref();
