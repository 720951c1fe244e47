/** How long it is waited before another worker takes the place of one that has ended. */

/** Who has lived so long has not ended of how it was started. */
const STEADY_MS = 60_000;

/** Nobody is held up by a first end, and a machine that cannot run a worker is not kept busy with starting one. */
const SHORTEST_MS = 100;
const LONGEST_MS = 30_000;

/** Counts ends. Told how long a worker has lived, it says how many milliseconds to wait: twice as long with each that was short. */
export function createPauses(): (livedMs: number) => number {
  let shortLives = 0;
  return (livedMs) => {
    shortLives = livedMs >= STEADY_MS ? 0 : shortLives + 1;
    return Math.min(LONGEST_MS, SHORTEST_MS * 2 ** Math.max(0, shortLives - 1));
  };
}
