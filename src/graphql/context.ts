import type { Contents } from '../recordings/content.ts';
import type { Recordings } from '../recordings/recordings.ts';
import type { AskAhead } from './ahead.ts';
import type { OperationObserver } from './observer.ts';

/** What every resolver of one operation, or of one event of a subscription, is given. */
export interface Context {
  readonly recordings: Recordings;
  /** Asks what may be wanted soon. */
  readonly askAhead: AskAhead;
  readonly contents: Contents;
  /** Aborts when the caller has left, or may listen no longer. */
  readonly signal: AbortSignal;
  /** Who watches over it; undefined where nobody does. */
  readonly observer?: OperationObserver | undefined;
}
