/** The time source of the gateway, which a test can drive. */
export interface Clock {
  /** Milliseconds since the epoch, to compare with dates from outside. The clock may be set, even back. */
  now(): number;
  /** Milliseconds since an arbitrary start, for durations and deadlines. Monotonic. */
  steadyMs(): number;
  /** Calls back once after `delayMs`; the returned function cancels that. */
  after(delayMs: number, callback: () => void): () => void;
}

/** `setTimeout` takes no more: it calls back at once for a longer delay. */
export const LONGEST_DELAY_MS = 2 ** 31 - 1;

/** Cancels nothing: no callback is pending. */
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
