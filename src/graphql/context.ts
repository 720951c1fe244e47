import type { Contents } from '../recordings/content.ts';
import type { Recordings } from '../recordings/recordings.ts';
import type { AskAhead } from './ahead.ts';

/** What an operation came to, in words that name nobody. */
export interface OperationAnswer {
  /** An event is one of the answers of a subscription; a document that cannot be read is of no type. */
  readonly type: 'query' | 'mutation' | 'subscription' | 'event' | 'unknown';
  readonly name: string | null;
  readonly hasData: boolean;
  /** `extensions.code` of each of its errors. */
  readonly codes: readonly unknown[];
}

/** Who watches over operations. */
export interface OperationObserver {
  /** Called when there is something to execute, or to refuse. */
  readonly onBegun: () => void;
  /** Called with what is answered. */
  readonly onAnswered: (answer: OperationAnswer) => void;
}

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
