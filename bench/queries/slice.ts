/** The messages between the benchmark and its load generator, which is a separate process. */
import { z } from 'zod';
import { JOB_NAMES } from './jobs.ts';

/** A short time in which one contestant gets one job, at constant concurrency. */
export const slice = z.object({
  /** The address of the endpoint. */
  url: z.string(),
  job: z.enum(JOB_NAMES),
  concurrency: z.int().positive(),
  /** After this time no request is sent; those in flight are awaited. */
  durationMs: z.number().positive(),
  /** The number of the first operation, and of its organizer. */
  firstOperation: z.int().nonnegative(),
  /** How many organizers are queried repeatedly; null where each operation has its own. */
  organizers: z.int().positive().nullable(),
  /** The length of a correct answer. */
  answerBytes: z.int().positive(),
});

export type Slice = z.output<typeof slice>;

export const loadReport = z.discriminatedUnion('kind', [
  /** The process runs and accepts slices. */
  z.object({ kind: z.literal('ready') }),
  /** A slice is over: the latency of each operation, and the total time. */
  z.object({ kind: z.literal('done'), latenciesMs: z.array(z.number()).nonempty(), elapsedMs: z.number() }),
  /** An answer was wrong. */
  z.object({ kind: z.literal('failed'), reason: z.string() }),
]);

export type LoadReport = z.output<typeof loadReport>;
