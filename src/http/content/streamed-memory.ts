/** Releases the memory of streamed bytes. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** After this many bytes, their buffers are collected. */
const COLLECTED_EACH_BYTES = 8 * 1_024 * 1_024;

/**
 * Creates the counter of streamed bytes, which now and then releases the memory of buffers that are no longer used. V8
 * sees the small objects that represent buffers, not the buffers: by itself it lets some 70 MiB of them accumulate, and
 * then stops the process for a full collection. Collecting the young objects alone takes less than a millisecond, and
 * keeps it at 15 MiB.
 */
export function createStreamedMemory(): (streamedBytes: number) => void {
  // There is no other way to the collector: https://nodejs.org/api/cli.html#--expose-gc
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  let uncollectedBytes = 0;
  return (streamedBytes) => {
    uncollectedBytes += streamedBytes;
    if (uncollectedBytes < COLLECTED_EACH_BYTES || typeof collect !== 'function') return;
    uncollectedBytes = 0;
    Reflect.apply(collect, undefined, [{ type: 'minor' }]);
  };
}
