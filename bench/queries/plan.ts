/** What is measured, for how long, and in which order: what comes last is left out first where there is not enough time. */
import { JOB_NAMES } from './jobs.ts';
import type { Cell } from './race.ts';

export interface Turn extends Cell {
  readonly rounds: number;
  readonly sliceMs: number;
}

export const LATENCIES_MS = [0, 50] as const;

/** How many ask at once, and how often and how long each who answers is then asked. */
const CROWDS = [
  { concurrency: 32, rounds: 3, sliceMs: 500 },
  { concurrency: 1, rounds: 3, sliceMs: 300 },
  { concurrency: 256, rounds: 2, sliceMs: 300 },
] as const;

/** For how long everybody is asked each job before anything is measured: by then all are compiled, the limit too, which triples until then. */
export const WARM_UP_MS = 3_000;

/** Every job at every latency, by so many at once. */
export const fullPlan: readonly Turn[] = CROWDS.flatMap((crowd) =>
  LATENCIES_MS.flatMap((latencyMs) => JOB_NAMES.map((job) => ({ job, latencyMs, ...crowd }))),
);

/** Every job once, where what is computed shows most. */
export const quickPlan: readonly Turn[] = JOB_NAMES.map((job) => ({
  job,
  latencyMs: 0,
  concurrency: 32,
  rounds: 7,
  sliceMs: 800,
}));
