/** A comparison of two contestants, over one Graph and in turns, for a small and a large job. */
import { median } from '../table.ts';
import type { Contestant } from './contestants.ts';
import type { JobName } from './jobs.ts';
import { startRace } from './race.ts';
import type { Cell, Figures } from './race.ts';

const MEASURED: readonly JobName[] = ['OneRecording', 'HundredRecordings'];
const LATENCIES_MS = [0, 50];
const ROUNDS = 7;
const SLICE_MS = 800;
const WARM_UP_MS = 1_500;

/** Concurrent operations. */
export const CONCURRENCY = 32;

/** Bout: the results of both for one job, as slices of the same rounds, in the same order. */
export interface Bout {
  readonly job: JobName;
  readonly latencyMs: number;
  readonly ones: readonly Figures[];
  readonly others: readonly Figures[];
}

/** Measures both on every job, until the signal aborts. Rejects like `startRace` and `Race.measure`, and cleans up. */
export async function duel(
  one: Contestant,
  other: Contestant,
  signal: AbortSignal,
  shared: Pick<Cell, 'organizers'> = {},
): Promise<Bout[]> {
  const race = await startRace([one, other], MEASURED);
  try {
    const bouts: Bout[] = [];
    for (const latencyMs of LATENCIES_MS) {
      for (const job of MEASURED) {
        if (signal.aborted) break;
        await race.warmUp(job, WARM_UP_MS);
        const cell = { job, latencyMs, concurrency: CONCURRENCY, ...shared };
        const [ones = [], others = []] = (await race.measure(cell, ROUNDS, SLICE_MS)).values();
        bouts.push({ job, latencyMs, ones, others });
      }
    }
    return bouts;
  } finally {
    await race.stop();
  }
}

/** The median ratio of the other to the one in the same round. */
export function middleRatio({ ones, others }: Bout, read: (figures: Figures) => number): number {
  const ratios = others.flatMap((other, round) => {
    const one = ones[round];
    return one === undefined ? [] : [read(other) / read(one)];
  });
  return median(ratios) ?? NaN;
}
