/** The input and the events of the change feed. */
import type { Addition } from './catch-up.ts';
import type { DeltaPosition } from './position.ts';

/** Where to begin: after a position, from now on, or from the beginning. */
export type Since = DeltaPosition | 'now' | 'beginning';

/** An event of the feed: additions, and whether there are more. */
export interface FeedEvent extends Addition {
  /** Whether there are more additions already than one event holds. */
  readonly hasMore: boolean;
  /** Whether there may be additions that cannot be delivered at present. */
  readonly isBehind: boolean;
}

/** The log of a position was lost, and Graph no longer knows the position either. */
export class ResyncRequiredError extends Error {
  override readonly name = 'ResyncRequiredError';
}
