/** The messages between a benchmark and a crowd of subscribers, which is a separate process. */
import { z } from 'zod';

/** The subscribers to open, and how. */
export const arrival = z.object({
  /** The origin of the gateway. */
  url: z.string(),
  door: z.enum(['events', 'websocket']),
  /** The number of subscribers per connection. */
  perConnection: z.int().positive(),
  subscribers: z.int().positive(),
  /** Subscribers are spread over them in turn. */
  organizers: z.array(z.string()).nonempty(),
  /** The selection below each recording, in addition to its id. */
  selection: z.string(),
});

export type Arrival = z.output<typeof arrival>;

export const report = z.discriminatedUnion('kind', [
  /** The process runs and accepts an arrival. */
  z.object({ kind: z.literal('ready') }),
  /** All subscribers have received their first event. */
  z.object({ kind: z.literal('arrived') }),
  /** All subscribers of its organizer have received a recording. Times are those of `nowUs`. */
  z.object({ kind: z.literal('heard'), recording: z.string(), firstUs: z.number(), lastUs: z.number() }),
  /** A subscription failed or ended. */
  z.object({ kind: z.literal('failed'), reason: z.string() }),
]);

export type Report = z.output<typeof report>;
export type Heard = Extract<Report, { readonly kind: 'heard' }>;

/** A process's memory, handles and event loop delay, after garbage collection. */
export const weight = z.object({
  residentBytes: z.number(),
  heapBytes: z.number(),
  /** Memory outside the heap, mostly buffers. */
  externalBytes: z.number(),
  /** Sockets, timers and other active resources. */
  handles: z.number(),
  /** Percentiles of the event loop delay since the last measurement. */
  delayMs: z.object({ p50: z.number(), p99: z.number(), max: z.number() }),
});

export type Weight = z.output<typeof weight>;

/** A monotonic time in microseconds, the same in every process of this machine. */
export function nowUs(): number {
  return Number(process.hrtime.bigint() / 1_000n);
}
