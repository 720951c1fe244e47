/** One column of the fault matrix: a place where faults strike, and the result of each. */
import type { DrivenClock } from '../support/clock.ts';
import type { Fault, FaultName } from './faults.ts';

/**
 * One wait: a number of milliseconds until the next try; after the last request to Graph, the time until the gateway
 * gives up; or the longest time that a library may take for its own retries.
 */
export type Wait = number | { readonly patienceMs: number } | { readonly withinMs: number };

/** The longest waits between four tries, where Graph does not say how long. */
export const BACKOFF: readonly Wait[] = [250, 500, 1_000];

/** The timeout of one exchange with Graph, however slowly its answer arrives. */
export const EXCHANGE: Wait = { patienceMs: 9_000 };

/** The default timeout of one operation. */
export const OPERATION: Wait = { patienceMs: 9_500 };

/** The result of a fault: what the caller sees, the requests to Graph, and the waits on the way. */
export type Cell = readonly [sees: string, asked: string, waits: readonly Wait[]];

/** The reason why a fault does not exist at a place. */
export interface Senseless {
  readonly because: string;
}

export interface Column {
  /** Where the fault strikes. */
  readonly name: string;
  /** The request to the gateway, in a sentence. */
  readonly about: string;
  /** Starts a new stage. */
  readonly start: () => Promise<Stage>;
  readonly cells: Readonly<Record<FaultName, Cell | Senseless>>;
}

/** A gateway over a Graph that fails on demand. */
export interface Stage {
  readonly clock: DrivenClock;
  /** Lets a fault strike. */
  readonly strike: (fault: Fault) => Promise<void>;
  /** Sends the request to the gateway once, and describes the answer in words. */
  readonly ask: () => Promise<string>;
  /** The requests since the fault was set up, in words. */
  readonly asked: () => string;
}

/** Whether the fault exists at this place. */
export function isCell(cell: Cell | Senseless): cell is Cell {
  return !('because' in cell);
}

/** The longest duration of a wait, in milliseconds. */
export function longestMs(wait: Wait): number {
  if (typeof wait === 'number') return wait;
  return 'patienceMs' in wait ? wait.patienceMs : wait.withinMs;
}

/** The longest duration of all waits together, in milliseconds. */
export function totalMs(waits: readonly Wait[]): number {
  return waits.reduce<number>((sum, wait) => sum + longestMs(wait), 0);
}
