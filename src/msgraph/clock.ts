/** Time as this room sees it, so that a test can drive it. */
export interface Clock {
  /** Milliseconds since the epoch, for what others have dated. The machine's clock may be set, also back. */
  now(): number;
  /** Milliseconds since some beginning, for how long something takes or has to wait. They only ever grow. */
  steadyMs(): number;
  /** Calls back once after `delayMs`; the function that it returns calls that off. */
  after(delayMs: number, callback: () => void): () => void;
}

/** Calls off a callback that nobody has asked for. */
export const nothingToCancel = (): void => {};

/** The clock of the machine. A pending callback does not keep the process alive. */
export const systemClock: Clock = {
  now: Date.now,
  steadyMs: () => performance.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
