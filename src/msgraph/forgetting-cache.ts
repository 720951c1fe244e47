/** Values that belong to somebody's secret, kept for as long as the secret is good and there is room. */
import { createHash } from 'node:crypto';
import type { Clock } from './clock.ts';

/** `setTimeout` takes no more, and calls back at once when it is given more. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

export interface ForgettingCacheOptions {
  /** How many values are kept; for one more, that which has been asked for least lately is forgotten. */
  readonly capacity: number;
  readonly clock: Clock;
}

export interface ForgettingCache<Value> {
  /**
   * The value that is kept under a secret; where none is, the one that `create` makes is kept until `expiresAtMs`. Whoever
   * holds a value that has been forgotten since may go on using it.
   */
  get(secret: string, expiresAtMs: number, create: () => Value): Value;
}

/** Creates an empty cache. What it keeps a value under is a digest, so that no secret stands in it as a key. */
export function createForgettingCache<Value>({ capacity, clock }: ForgettingCacheOptions): ForgettingCache<Value> {
  /** A Map keeps the order of insertion, and what is used is inserted anew: the first is the one to go. */
  const entries = new Map<string, { readonly value: Value; readonly cancelExpiry: () => void }>();

  function forget(key: string): void {
    entries.get(key)?.cancelExpiry();
    entries.delete(key);
  }

  return {
    get(secret, expiresAtMs, create) {
      const key = createHash('sha256').update(secret).digest('base64');
      const kept = entries.get(key);
      if (kept !== undefined) {
        entries.delete(key);
        entries.set(key, kept);
        return kept.value;
      }
      const value = create();
      const delayMs = Math.min(LONGEST_DELAY_MS, Math.max(0, expiresAtMs - clock.now()));
      entries.set(key, { value, cancelExpiry: clock.after(delayMs, () => forget(key)) });
      for (const oldest of entries.keys()) {
        if (entries.size <= capacity) break;
        forget(oldest);
      }
      return value;
    },
  };
}
