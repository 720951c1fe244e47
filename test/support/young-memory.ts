/** Loaded into a process before its program: on each message, tells what became of its young memory since the last. */
import { GCProfiler } from 'node:v8';
import type { GCProfilerResult } from 'node:v8';

/** What the collections of young memory did. */
export interface YoungMemory {
  /** What was in it before them. */
  readonly collectedBytes: number;
  /** What they moved to old memory, because it had outlived two of them. */
  readonly keptBytes: number;
}

type Heap = GCProfilerResult['statistics'][number]['beforeGC'];

function usedBytes({ heapSpaceStatistics }: Heap, name: string): number {
  return heapSpaceStatistics.find(({ spaceName }) => spaceName === name)?.spaceUsedSize ?? 0;
}

let profiler = new GCProfiler();
profiler.start();

function tell(): void {
  const { statistics } = profiler.stop();
  profiler = new GCProfiler();
  profiler.start();
  const young: YoungMemory = { collectedBytes: 0, keptBytes: 0 };
  const told = statistics
    .filter(({ gcType }) => gcType === 'Scavenge')
    .reduce(
      ({ collectedBytes, keptBytes }, { beforeGC, afterGC }) => ({
        collectedBytes: collectedBytes + usedBytes(beforeGC, 'new_space'),
        keptBytes: keptBytes + usedBytes(afterGC, 'old_space') - usedBytes(beforeGC, 'old_space'),
      }),
      young,
    );
  process.send?.(told);
}

process.on('message', tell);
// The channel must not keep the process alive.
process.channel?.unref();
