import type { Contents } from '../recordings/content.ts';
import type { Recordings } from '../recordings/recordings.ts';

/** What every resolver of one operation, or of one event of a subscription, is given. */
export interface Context {
  readonly recordings: Recordings;
  readonly contents: Contents;
  /** Aborts when the caller has left, or may listen no longer. */
  readonly signal: AbortSignal;
}
