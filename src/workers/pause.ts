/** The backoff before a worker that has ended is replaced. */

/** A worker that has lived this long did not end because of its start. */
const STEADY_MS = 60_000;

/** A first end causes hardly any delay; a machine that cannot run a worker is not kept busy with starting one. */
const SHORTEST_MS = 100;
const LONGEST_MS = 30_000;

/** Returns a function from a worker's lifetime to the backoff in milliseconds. Each short life in a row doubles it. */
export function createPauses(): (livedMs: number) => number {
  let shortLives = 0;
  return (livedMs) => {
    shortLives = livedMs >= STEADY_MS ? 0 : shortLives + 1;
    return Math.min(LONGEST_MS, SHORTEST_MS * 2 ** Math.max(0, shortLives - 1));
  };
}
