/** A cache of values keyed by a secret, each kept while the secret is valid and there is room. */
import { createHash } from 'node:crypto';
import { LONGEST_DELAY_MS } from '../../clock.ts';
import type { Clock } from '../../clock.ts';

export interface ForgettingCacheOptions {
  /** How many values are kept; one more evicts the least recently used. */
  readonly capacity: number;
  readonly clock: Clock;
}

export interface ForgettingCache<Value> {
  /**
   * Returns the value cached under a secret. On a miss, caches the value that `create` makes until `expiresAtMs`. A
   * caller may keep using an evicted value.
   */
  get(secret: string, expiresAtMs: number, create: () => Value): Value;
}

/** Creates an empty cache. Its keys are digests, so that it does not store the secrets. */
export function createForgettingCache<Value>({ capacity, clock }: ForgettingCacheOptions): ForgettingCache<Value> {
  /** A Map keeps insertion order, and a used entry is inserted anew: the first is evicted next. */
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
