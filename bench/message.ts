/** What a benchmark and a crowd of subscribers, which is a process of its own, say to each other. */
import { z } from 'zod';

/** Who comes to listen, and how. */
export const arrival = z.object({
  /** The origin of the gateway. */
  url: z.string(),
  door: z.enum(['events', 'websocket']),
  /** How many listen over one connection. */
  perConnection: z.int().positive(),
  subscribers: z.int().positive(),
  /** Subscribers are spread over them in turn. */
  organizers: z.array(z.string()).nonempty(),
  /** What is selected below each recording, beside its id. */
  selection: z.string(),
});

export type Arrival = z.output<typeof arrival>;

export const report = z.discriminatedUnion('kind', [
  /** The process runs, and takes its arrival. */
  z.object({ kind: z.literal('ready') }),
  /** Everybody listens and has had their first event. */
  z.object({ kind: z.literal('arrived') }),
  /** Everybody who listens to its organizer has heard of a recording. Moments are as `nowUs` tells them. */
  z.object({ kind: z.literal('heard'), recording: z.string(), firstUs: z.number(), lastUs: z.number() }),
  /** Somebody could not listen, or could no longer. */
  z.object({ kind: z.literal('failed'), reason: z.string() }),
]);

export type Report = z.output<typeof report>;
export type Heard = Extract<Report, { readonly kind: 'heard' }>;

/** What a process holds, and how it is, when its garbage is collected. */
export const weight = z.object({
  residentBytes: z.number(),
  heapBytes: z.number(),
  /** What is held beside the heap, for buffers above all. */
  externalBytes: z.number(),
  /** Sockets, timers and whatever else could call back. */
  handles: z.number(),
  /** How late the event loop was, at the most and in 99 of 100 looks, since it was weighed before. */
  delayMs: z.object({ p50: z.number(), p99: z.number(), max: z.number() }),
});

export type Weight = z.output<typeof weight>;

/** A moment in microseconds, the same in every process of this machine, whatever is done to its clock meanwhile. */
export function nowUs(): number {
  return Number(process.hrtime.bigint() / 1_000n);
}
