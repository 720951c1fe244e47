/**
 * What replicas share, and nothing about what it is for: logs that are only appended to, leases, notes and messages. Every
 * function that returns a promise rejects with a `StoreError` when the store cannot be reached. Times are whole milliseconds,
 * one at least.
 */

/** Where a log stands. */
export interface LogState {
  /** Tells this log from an earlier one under the same key that was lost. */
  readonly epoch: string;
  /** Changes with every append. */
  readonly version: number;
  /** The number of the newest record: the first is 1, and 0 stands for none. */
  readonly head: number;
  /** What the newest append left as the state. */
  readonly state: string;
}

export interface LogRecord {
  readonly number: number;
  readonly text: string;
}

/** One step of a log: all of it happens, or nothing. */
export interface LogStep {
  /** The log that the step continues, as it was read; null begins one, where there is none. */
  readonly after: LogState | null;
  /** The fencing token of the lease with the log's key, under which the step is made; null for a step that needs none. */
  readonly fence: number | null;
  /** The epoch of the log that is begun; one that is continued keeps its own. */
  readonly epoch: string;
  readonly state: string;
  /** The record that is added; null changes the state alone. */
  readonly record: string | null;
  /** The names that the record brings up. Each keeps the number of the record that brought it up first. */
  readonly names: readonly string[];
}

/**
 * What came of a step: the log as it is now; `conflict` when it is not the one that was to be continued any more; `fenced`
 * when the lease was given to somebody else since.
 */
export type StepOutcome = LogState | 'conflict' | 'fenced';

/** Told what others publish. */
export interface StoreListener {
  /** A message of any replica, the own one too. */
  onMessage(message: string): void;
  /** Messages may have been missed: the connection was lost, and is there again. */
  onGap(): void;
}

export interface Store {
  /** The state of a log; null when there is none, or none any more. */
  readLog(key: string): Promise<LogState | null>;
  /** Makes one step of a log. */
  append(key: string, step: LogStep): Promise<StepOutcome>;
  /**
   * Up to `most` records with a number above `number`, in order. Null when the log does not reach back so far any more, or
   * when it is not of that epoch.
   */
  recordsAfter(key: string, epoch: string, number: number, most: number): Promise<readonly LogRecord[] | null>;
  /** By which record each name was brought up, null for those that were not. Null when the log is not of that epoch. */
  numbersOf(key: string, epoch: string, names: readonly string[]): Promise<readonly (number | null)[] | null>;
  /**
   * Takes or keeps a lease for `ttlMs`. Answers with its fencing token, which grows each time the lease changes hands;
   * null when somebody else has it, and then `holder` counts as waiting for it as long.
   */
  lease(key: string, holder: string, ttlMs: number): Promise<number | null>;
  /** Whether anybody but `holder` waits for the lease. */
  isLeaseWanted(key: string, holder: string): Promise<boolean>;
  /** Gives the lease back, if `holder` has it, and waits for it no longer. */
  releaseLease(key: string, holder: string): Promise<void>;
  readNote(key: string): Promise<string | null>;
  /** Keeps a text for `ttlMs`, in the place of the one before. */
  writeNote(key: string, text: string, ttlMs: number): Promise<void>;
  removeNote(key: string): Promise<void>;
  /** Tells every listener of every replica. One that cannot be reached at the moment is not told. */
  publish(message: string): Promise<void>;
  /** Listens from now on; the function that it returns ends that. */
  listen(listener: StoreListener): () => void;
  /** Whether the store can be reached at present. */
  isReachable(): boolean;
  close(): Promise<void>;
}

/** How much is kept. */
export interface Retention {
  /** How many records of a log are kept at least; the oldest beyond may go. */
  readonly records: number;
  /** How long a log is kept after its last step, in milliseconds. */
  readonly idleMs: number;
}
