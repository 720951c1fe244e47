/**
 * Loaded into a process before its program: on each message, tells what the collections of young memory have done since
 * the last, as the bytes that were in it before them, and those that they moved to old memory.
 */
import { GCProfiler } from 'node:v8';
import type { GCProfilerResult } from 'node:v8';

type Heap = GCProfilerResult['statistics'][number]['beforeGC'];

function usedBytes({ heapSpaceStatistics }: Heap, name: string): number {
  return heapSpaceStatistics.find(({ spaceName }) => spaceName === name)?.spaceUsedSize ?? 0;
}

const profiler = new GCProfiler();
profiler.start();

function tell(): void {
  const { statistics } = profiler.stop();
  profiler.start();
  let [collectedBytes, keptBytes] = [0, 0];
  for (const { gcType, beforeGC, afterGC } of statistics) {
    if (gcType !== 'Scavenge') continue;
    collectedBytes += usedBytes(beforeGC, 'new_space');
    keptBytes += usedBytes(afterGC, 'old_space') - usedBytes(beforeGC, 'old_space');
  }
  process.send?.({ collectedBytes, keptBytes });
}

process.on('message', tell);
// The channel must not keep the process alive.
process.channel?.unref();
