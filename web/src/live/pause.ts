/** Waiting, as long as it is of use. */

const FIRST_MS = 1_000;
const LONGEST_MS = 30_000;

/** The wait after a number of tries: twice as long each time, and not the same for all who lost their connection together. */
export function delayMs(tries: number, random = Math.random()): number {
  return Math.min(FIRST_MS * 2 ** tries, LONGEST_MS) * (0.5 + random / 2);
}

/** Waits. Resolves at once when `signal` aborts, and when an event comes by which it is over. */
export function wait(ms: number, signal: AbortSignal, overBy?: 'online'): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const over = new AbortController();
  const options = { once: true, signal: over.signal };
  signal.addEventListener('abort', () => resolve(), options);
  if (overBy !== undefined) window.addEventListener(overBy, () => resolve(), options);
  if (signal.aborted) resolve();
  return promise.finally(() => {
    clearTimeout(timer);
    over.abort();
  });
}

/**
 * Waits before another try: as long as the gateway has asked for, else longer and longer, but no longer than until the browser
 * is back on the network.
 */
export function pause(tries: number, seconds: number | null, signal: AbortSignal): Promise<void> {
  return seconds === null ? wait(delayMs(tries), signal, 'online') : wait(seconds * 1_000, signal);
}
