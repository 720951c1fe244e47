/** Time as this room sees it, so that a test can drive it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds since some beginning, which only ever grow, however the machine's clock is set. */
  steadyMs(): number;
  /** Calls back once after `delayMs`; the function that it returns calls that off. */
  after(delayMs: number, callback: () => void): () => void;
}

/** For a timer that is not set. */
export const nothingToCancel = (): void => {};
