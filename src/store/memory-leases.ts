/** The leases of a store in memory. */
import type { Clock } from '../clock.ts';
import { createExpiringMap } from './expiring-map.ts';
import type { Store } from './store.ts';

export interface MemoryLeases extends Pick<Store, 'lease' | 'isLeaseWanted' | 'releaseLease'> {
  /** The newest fencing token of a lease; undefined when there is none, or it has expired. */
  fence(key: string): number | undefined;
}

export interface MemoryLeasesOptions {
  /** How long a fencing token is remembered after its lease has ended, in milliseconds. */
  readonly fenceKeptMs: number;
  readonly clock: Clock;
}

/** Creates the leases of one process, all free. */
export function createMemoryLeases({ fenceKeptMs, clock }: MemoryLeasesOptions): MemoryLeases {
  const holders = createExpiringMap<string>(clock);
  const fences = createExpiringMap<number>(clock);
  /** The holders that wait for each lease, and until when. */
  const waiting = createExpiringMap<ReadonlyMap<string, number>>(clock);
  /** The newest of all leases, so that a lease whose token has expired gets a newer one too. */
  let newestFence = 0;

  function othersWaiting(key: string, holder: string): Map<string, number> {
    const nowMs = clock.now();
    return new Map([...(waiting.get(key) ?? [])].filter(([other, untilMs]) => other !== holder && nowMs < untilMs));
  }

  function setWaiting(key: string, untilMsOf: ReadonlyMap<string, number>): void {
    if (untilMsOf.size === 0) waiting.delete(key);
    else waiting.set(key, untilMsOf, Math.max(...untilMsOf.values()) - clock.now());
  }

  return {
    fence: (key) => fences.get(key),

    async lease(key, holder, ttlMs) {
      const present = holders.get(key);
      const others = othersWaiting(key, holder);
      if (present !== undefined && present !== holder) {
        setWaiting(key, others.set(holder, clock.now() + ttlMs));
        return null;
      }
      setWaiting(key, others);
      if (present === undefined) newestFence += 1;
      const fence = present === undefined ? newestFence : (fences.get(key) ?? newestFence);
      holders.set(key, holder, ttlMs);
      fences.set(key, fence, ttlMs + fenceKeptMs);
      return fence;
    },

    isLeaseWanted: async (key, holder) => othersWaiting(key, holder).size > 0,

    async releaseLease(key, holder) {
      if (holders.get(key) === holder) holders.delete(key);
      setWaiting(key, othersWaiting(key, holder));
    },
  };
}
