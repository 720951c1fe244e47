/** Pauses between attempts. */

const FIRST_MS = 1_000;
const LONGEST_MS = 30_000;

/** Exponential backoff with jitter, so clients that lost their connection together do not return together. */
export function delayMs(tries: number, random = Math.random()): number {
  return Math.min(FIRST_MS * 2 ** tries, LONGEST_MS) * (0.5 + random / 2);
}

/** Waits. Resolves early when `signal` aborts, or at the given window event. */
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
 * Waits before another attempt: as long as the gateway has demanded, otherwise with backoff, which ends when the
 * browser is back online.
 */
export function pause(tries: number, seconds: number | null, signal: AbortSignal): Promise<void> {
  return seconds === null ? wait(delayMs(tries), signal, 'online') : wait(seconds * 1_000, signal);
}
