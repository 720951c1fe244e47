/** Time as this room sees it, so that a test can drive it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls back once after `delayMs`; the function that it returns calls that off. */
  after(delayMs: number, callback: () => void): () => void;
}

/** Calls off a callback that nobody has asked for. */
export const nothingToCancel = (): void => {};

/** The clock of the machine. A pending callback does not keep the process alive. */
export const systemClock: Clock = {
  now: Date.now,
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
