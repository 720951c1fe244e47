/** A map whose entries each have a TTL. */
import type { Clock } from '../clock.ts';

export interface ExpiringMap<Value> {
  /** The value of a key; undefined when there is none, or it has expired. */
  get(key: string): Value | undefined;
  /** Keeps a value for `ttlMs`, instead of the previous one. */
  set(key: string, value: Value, ttlMs: number): void;
  delete(key: string): void;
  /** The number of entries, including expired ones that have not been swept yet. */
  size(): number;
}

/** An expired entry takes up room for at most this much longer, if the map is used. */
const SWEEP_EVERY_MS = 10_000;

/** Creates an empty map. It has no timer: each `get` or `set` may sweep all expired entries, whatever their keys. */
export function createExpiringMap<Value>(clock: Clock): ExpiringMap<Value> {
  const entries = new Map<string, { readonly value: Value; readonly untilMs: number }>();
  let sweptAtMs = clock.now();

  /** Removes expired entries when a sweep is due. Returns the current time. */
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
