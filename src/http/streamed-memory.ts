/** What has been streamed leaves nothing behind. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** After so many bytes what they were read into is collected. */
const COLLECTED_EACH_BYTES = 8 * 1_024 * 1_024;

/**
 * Makes what is told of the bytes that were streamed, and now and then has the memory of those that are gone given back. V8
 * sees the small objects that stand for buffers and not the buffers: left alone it lets some 70 MiB of them gather, and then
 * stops everybody for a full collection. One of the young objects alone takes less than a millisecond, and keeps it at 15.
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
