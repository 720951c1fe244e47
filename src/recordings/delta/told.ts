/** What is asked of the feed, and what it tells. */
import type { Addition } from './catch-up.ts';
import type { DeltaPosition } from './position.ts';

/** From where on somebody wants to know: after a position, from now on, or from the beginning. */
export type Since = DeltaPosition | 'now' | 'beginning';

/** What was added, and what more there is to say about it. */
export interface Told extends Addition {
  /** Whether there is more already than one answer holds. */
  readonly hasMore: boolean;
  /** Whether there may be more that cannot be told at present. */
  readonly isBehind: boolean;
}

/** The log to which a position belongs was lost, and Graph does not know the position any more either. */
export class ResyncRequiredError extends Error {
  override readonly name = 'ResyncRequiredError';
}
