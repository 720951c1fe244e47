/** Time as `http/` sees it, so that tests can drive it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds since an arbitrary point: they never decrease, even if the machine's clock does. */
  steadyMs(): number;
  /** Calls back once after `delayMs`. The returned function cancels that. */
  after(delayMs: number, callback: () => void): () => void;
}

/** Cancels a timer that is not set. */
export const nothingToCancel = (): void => {};
