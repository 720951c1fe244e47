/** Values that are each kept for a time of their own. */

/** Time as this room sees it, so that a test can drive it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}

export interface ExpiringMap<Value> {
  /** The value of a key; undefined when there is none, or none any more. */
  get(key: string): Value | undefined;
  /** Keeps a value for `ttlMs`, in the place of the one before. */
  set(key: string, value: Value, ttlMs: number): void;
  delete(key: string): void;
  /** How many values take up room, those included whose time is over and that have not been swept yet. */
  size(): number;
}

/** What is over takes up room for this much longer at most, once the map is used again. */
const SWEEP_EVERY_MS = 10_000;

/** Creates an empty map. It has no timer: whoever uses it sweeps, so that what nobody touches any more goes too. */
export function createExpiringMap<Value>(clock: Clock): ExpiringMap<Value> {
  const entries = new Map<string, { readonly value: Value; readonly untilMs: number }>();
  let sweptAtMs = clock.now();

  /** The time, as of which everything that is over may have gone. */
  function sweep(): number {
    const nowMs = clock.now();
    if (nowMs < sweptAtMs + SWEEP_EVERY_MS) return nowMs;
    sweptAtMs = nowMs;
    for (const [key, { untilMs }] of entries) if (untilMs <= nowMs) entries.delete(key);
    return nowMs;
  }

  return {
    get(key) {
      const nowMs = sweep();
      const entry = entries.get(key);
      return entry !== undefined && nowMs < entry.untilMs ? entry.value : undefined;
    },
    set(key, value, ttlMs) {
      entries.set(key, { value, untilMs: sweep() + ttlMs });
    },
    delete: (key) => void entries.delete(key),
    size: () => entries.size,
  };
}
