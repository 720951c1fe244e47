/** What the benchmark and its load, which is a process of its own, say to each other. */
import { z } from 'zod';
import { JOB_NAMES } from './jobs.ts';

/** A short time in which one who answers is asked one job, always by so many at once. */
export const slice = z.object({
  /** The address that takes the questions. */
  url: z.string(),
  job: z.enum(JOB_NAMES),
  concurrency: z.int().positive(),
  /** After so long nobody asks any more; what is under way is waited for. */
  durationMs: z.number().positive(),
  /** The number of the first operation, and so of its organizer. */
  firstOperation: z.int().nonnegative(),
  /** So many organizers are asked for over and over; null where each operation has one of its own. */
  organizers: z.int().positive().nullable(),
  /** How long each answer is that is right. */
  answerBytes: z.int().positive(),
});

export type Slice = z.output<typeof slice>;

export const loadReport = z.discriminatedUnion('kind', [
  /** The process runs, and takes slices. */
  z.object({ kind: z.literal('ready') }),
  /** A slice is over: how long each operation took, and the whole. */
  z.object({ kind: z.literal('done'), latenciesMs: z.array(z.number()).nonempty(), elapsedMs: z.number() }),
  /** An answer was not as it must be. */
  z.object({ kind: z.literal('failed'), reason: z.string() }),
]);

export type LoadReport = z.output<typeof loadReport>;
