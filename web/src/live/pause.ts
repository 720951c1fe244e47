/** How long to wait before another try. */

const FIRST_MS = 1_000;
const LONGEST_MS = 30_000;

/** The wait before try number `tries + 1`, in milliseconds: twice as long each time, and not the same for all who lost their connection together. */
export function delayMs(tries: number, random = Math.random()): number {
  return Math.min(FIRST_MS * 2 ** tries, LONGEST_MS) * (0.5 + random / 2);
}

/**
 * Waits before another try: as long as the gateway has asked for, else longer and longer. Resolves at once when the browser is
 * back on the network, or when `signal` aborts.
 */
export function pause(tries: number, seconds: number | null, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, seconds === null ? delayMs(tries) : seconds * 1_000);
  const over = new AbortController();
  const options = { once: true, signal: over.signal };
  if (seconds === null) window.addEventListener('online', () => resolve(), options);
  signal.addEventListener('abort', () => resolve(), options);
  if (signal.aborted) resolve();
  return promise.finally(() => {
    clearTimeout(timer);
    over.abort();
  });
}
