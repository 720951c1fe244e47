/** A least-recently-used cache. */

/** Values by key, of which only the most recently used are kept. */
export interface LruCache<Value> {
  /** The value of a key, which becomes the most recently used; undefined if there is none. */
  readonly get: (key: string) => Value | undefined;
  /** Keeps a value as the most recently used; its weight is 1 by default. Evicts the oldest values above the limit. */
  readonly set: (key: string, value: Value, weight?: number) => void;
}

/** Creates an empty cache whose values weigh at most `most` in total. */
export function createLruCache<Value>(most: number): LruCache<Value> {
  /** A Map keeps insertion order, and a value that is read is reinserted, so the first entry is evicted first. */
  const kept = new Map<string, { readonly value: Value; readonly weight: number }>();
  let together = 0;

  function drop(key: string): void {
    together -= kept.get(key)?.weight ?? 0;
    kept.delete(key);
  }

  return {
    get(key) {
      const found = kept.get(key);
      if (found === undefined) return undefined;
      kept.delete(key);
      kept.set(key, found);
      return found.value;
    },
    set(key, value, weight = 1) {
      drop(key);
      kept.set(key, { value, weight });
      together += weight;
      for (const oldest of kept.keys()) {
        if (together <= most) return;
        drop(oldest);
      }
    },
  };
}
