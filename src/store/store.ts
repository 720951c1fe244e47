/**
 * What replicas share, whatever it is for: append-only logs, leases, notes and messages. Every function that returns a
 * promise rejects with a `StoreError` when the store cannot be reached. Durations are whole milliseconds, at least one.
 */

/** The state of a log. */
export interface LogState {
  /** Distinguishes this log from an earlier one under the same key that was lost. */
  readonly epoch: string;
  /** Grows with every append. A store that has lost its newest appends gives their versions again. */
  readonly version: number;
  /** The number of the newest record: the first is 1, and 0 means none. */
  readonly head: number;
  /** The state set by the newest append. */
  readonly state: string;
}

export interface LogRecord {
  readonly number: number;
  readonly text: string;
}

/** One step of a log, applied as a whole or not at all. */
export interface LogStep {
  /** The log that the step continues, as it was read, its state included; null begins a log where there is none. */
  readonly after: LogState | null;
  /** The fencing token of the lease with the log's key that the step is made under; null for a step that needs none. */
  readonly fence: number | null;
  /** The epoch of a new log. A continued log keeps its own. */
  readonly epoch: string;
  readonly state: string;
  /** The record to append; null changes the state alone. */
  readonly record: string | null;
  /** The names that the record introduces. Each keeps the number of the first record that introduced it. */
  readonly names: readonly string[];
}

/**
 * The result of a step: the log as it is now; `conflict` when the log has changed since it was read; `fenced` when the
 * lease has been given to another holder since.
 */
export type StepOutcome = LogState | 'conflict' | 'fenced';

/** Receives the messages of all replicas. */
export interface StoreListener {
  /** Called with each message of any replica, this one included. */
  onMessage(message: string): void;
  /** Called when messages may have been missed: the connection was lost, and is open again. */
  onGap(): void;
}

export interface Store {
  /** Reads the state of a log; null when there is none, or it has expired. */
  readLog(key: string): Promise<LogState | null>;
  /** Applies one step to a log. */
  append(key: string, step: LogStep): Promise<StepOutcome>;
  /**
   * Reads up to `most` records with a number above `number`, in order. Null when the log no longer reaches back so far,
   * or has another epoch.
   */
  recordsAfter(key: string, epoch: string, number: number, most: number): Promise<readonly LogRecord[] | null>;
  /** The number of each name's first record, null for unknown names. Null when the log has another epoch. */
  numbersOf(key: string, epoch: string, names: readonly string[]): Promise<readonly (number | null)[] | null>;
  /**
   * Acquires or renews a lease for `ttlMs`. Resolves with its fencing token, which grows each time the lease changes
   * hands; null when another holder has it, and then `holder` counts as waiting for `ttlMs`.
   */
  lease(key: string, holder: string, ttlMs: number): Promise<number | null>;
  /** Whether another holder than `holder` waits for the lease. */
  isLeaseWanted(key: string, holder: string): Promise<boolean>;
  /** Releases the lease if `holder` has it. `holder` no longer waits for it. */
  releaseLease(key: string, holder: string): Promise<void>;
  readNote(key: string): Promise<string | null>;
  /** Keeps a text for `ttlMs`, instead of the previous one. */
  writeNote(key: string, text: string, ttlMs: number): Promise<void>;
  removeNote(key: string): Promise<void>;
  /** Sends a message to every listener of every replica. A replica that is unreachable at the moment misses it. */
  publish(message: string): Promise<void>;
  /** Listens from now on, until the returned function is called. */
  listen(listener: StoreListener): () => void;
  /** Whether the store can be reached at present. */
  isReachable(): boolean;
  close(): Promise<void>;
}

/** How much of each log is kept. */
export interface Retention {
  /** The minimum number of records that are kept of a log. Older ones may be removed. */
  readonly records: number;
  /** How long a log is kept after its last step, in milliseconds. */
  readonly idleMs: number;
}
