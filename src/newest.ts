/** What is kept of those that were asked for last. */

/** Values by their keys, of which only the newest are kept. */
export interface Newest<Value> {
  /** The value of a key, which then is the newest; undefined where there is none. */
  readonly get: (key: string) => Value | undefined;
  /** Keeps a value as the newest, with what it weighs: 1 if nothing is said. The oldest go when all together weigh too much. */
  readonly set: (key: string, value: Value, weight?: number) => void;
}

/** Creates what keeps values that together weigh so much, and none at first. */
export function createNewest<Value>(most: number): Newest<Value> {
  /** A Map keeps the order of insertion, and what is asked for is inserted anew: the first is the one to go. */
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
