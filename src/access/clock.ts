/** The source of time for this folder, which a test can drive. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds of a monotonic clock, unaffected by changes of the machine's clock. */
  steadyMs(): number;
  /** Calls back once after `delayMs`; the returned function cancels the call. */
  after(delayMs: number, callback: () => void): () => void;
}
