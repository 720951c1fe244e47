/** What is kept of those that were asked for last. */

/** Values by their keys, of which only the newest are kept. */
export interface Newest<Value> {
  /** The value of a key, which then is the newest; undefined where there is none. */
  readonly get: (key: string) => Value | undefined;
  /** Keeps a value as the newest. The oldest goes when there are too many. */
  readonly set: (key: string, value: Value) => void;
}

/** Creates what keeps so many values, and none at first. */
export function createNewest<Value>(most: number): Newest<Value> {
  /** A Map keeps the order of insertion, and what is asked for is inserted anew: the first is the one to go. */
  const kept = new Map<string, Value>();

  function set(key: string, value: Value): void {
    kept.delete(key);
    kept.set(key, value);
    const [oldest] = kept.keys();
    if (kept.size > most && oldest !== undefined) kept.delete(oldest);
  }

  return {
    get(key) {
      const value = kept.get(key);
      if (value !== undefined) set(key, value);
      return value;
    },
    set,
  };
}
