/** What one column of the fault matrix is: where a fault strikes, and what comes of each. */
import type { DrivenClock } from '../support/clock.ts';
import type { Fault, FaultName } from './faults.ts';

/**
 * One thing that is waited for: so many milliseconds until the next try; once Graph has been asked all that it is asked, until
 * somebody gives up; or until a library has tried again in its own time, for so long at most.
 */
export type Wait = number | { readonly patienceMs: number } | { readonly withinMs: number };

/** The longest waits between four tries, where Graph does not say how long. */
export const BACKOFF: readonly Wait[] = [250, 500, 1_000];

/** The time that one exchange with Graph has, however slowly its answer comes. */
export const EXCHANGE: Wait = { patienceMs: 9_000 };

/** The time that one operation has, unless it is configured otherwise. */
export const OPERATION: Wait = { patienceMs: 9_500 };

/** What came of a fault: what the caller sees, what was asked, and what was waited for on the way. */
export type Cell = readonly [sees: string, asked: string, waits: readonly Wait[]];

/** A fault that does not exist there, and why. */
export interface Senseless {
  readonly because: string;
}

export interface Column {
  /** Where the fault strikes. */
  readonly name: string;
  /** What is asked of the gateway, in a sentence. */
  readonly about: string;
  /** Starts everything anew. */
  readonly start: () => Promise<Stage>;
  readonly cells: Readonly<Record<FaultName, Cell | Senseless>>;
}

/** A gateway over a Graph that fails as it is told. */
export interface Stage {
  readonly clock: DrivenClock;
  /** Lets a fault strike. */
  readonly strike: (fault: Fault) => Promise<void>;
  /** Asks once, through the front door, and says in words what comes. */
  readonly ask: () => Promise<string>;
  /** What has been asked since the fault was planted, in words. */
  readonly asked: () => string;
}

/** Whether the fault exists there. */
export function isCell(cell: Cell | Senseless): cell is Cell {
  return !('because' in cell);
}

/** How long a wait lasts at most, in milliseconds. */
export function longestMs(wait: Wait): number {
  if (typeof wait === 'number') return wait;
  return 'patienceMs' in wait ? wait.patienceMs : wait.withinMs;
}

/** How long all of them last at most, in milliseconds. */
export function totalMs(waits: readonly Wait[]): number {
  return waits.reduce<number>((sum, wait) => sum + longestMs(wait), 0);
}
