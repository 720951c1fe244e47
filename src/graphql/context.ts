/** The context of resolvers. */
import type { Contents } from '../recordings/content.ts';
import type { Recordings } from '../recordings/recordings.ts';
import type { OperationObserver } from './observer.ts';
import type { Prefetch } from './prefetch/prefetch.ts';

/** The context value of all resolvers of one operation, or of one event of a subscription. */
export interface Context {
  readonly recordings: Recordings;
  /** Prefetches what is selected further down. */
  readonly prefetch: Prefetch;
  readonly contents: Contents;
  /** Aborts when the caller has disconnected or may no longer listen. */
  readonly signal: AbortSignal;
  /** Observes the operation; undefined when there is no observer. */
  readonly observer?: OperationObserver | undefined;
}
