/** The measurements, their durations and order: the last are left out first where there is not enough time. */
import { JOB_NAMES } from './jobs.ts';
import type { Cell } from './race.ts';

export interface Turn extends Cell {
  readonly rounds: number;
  readonly sliceMs: number;
}

export const LATENCIES_MS = [0, 50] as const;

/** Concurrent operations, with the number and duration of slices for each contestant. */
const CROWDS = [
  { concurrency: 32, rounds: 5, sliceMs: 500 },
  { concurrency: 1, rounds: 3, sliceMs: 300 },
  { concurrency: 256, rounds: 2, sliceMs: 300 },
] as const;

/** The warm-up of each contestant for each job: by then all code is compiled. The limit's throughput triples in it. */
export const WARM_UP_MS = 3_000;

/** Every job at every latency and concurrency. */
export const fullPlan: readonly Turn[] = CROWDS.flatMap((crowd) =>
  LATENCIES_MS.flatMap((latencyMs) => JOB_NAMES.map((job) => ({ job, latencyMs, ...crowd }))),
);

/** Every job once, where processor time shows most. */
export const quickPlan: readonly Turn[] = JOB_NAMES.map((job) => ({
  job,
  latencyMs: 0,
  concurrency: 32,
  rounds: 7,
  sliceMs: 800,
}));
