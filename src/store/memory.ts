/** The store of a gateway without other replicas, in memory. */
import type { Clock } from '../clock.ts';
import { createExpiringMap } from './expiring-map.ts';
import { createListeners } from './listeners.ts';
import { createMemoryLeases } from './memory-leases.ts';
import type { LogRecord, LogState, Retention, Store } from './store.ts';

export interface MemoryStoreOptions {
  readonly retention: Retention;
  readonly clock: Clock;
}

interface Log {
  readonly state: LogState;
  /** The newest records without a gap. The last has the number of the head. */
  readonly records: LogRecord[];
  readonly numbers: Map<string, number>;
}

/** Creates an empty store in the memory of this process. It can always be reached, and ends with the process. */
export function createMemoryStore({ retention, clock }: MemoryStoreOptions): Store {
  const logs = createExpiringMap<Log>(clock);
  const notes = createExpiringMap<string>(clock);
  const leases = createMemoryLeases({ fenceKeptMs: retention.idleMs, clock });
  const listeners = createListeners();

  function logOf(key: string, epoch: string): Log | null {
    const log = logs.get(key);
    return log?.state.epoch === epoch ? log : null;
  }

  return {
    readLog: async (key) => logs.get(key)?.state ?? null,

    async append(key, step) {
      if (step.fence !== null && step.fence !== leases.fence(key)) return 'fenced';
      const log = logs.get(key);
      const members = ['epoch', 'version', 'state'] as const;
      if (members.some((member) => log?.state[member] !== step.after?.[member])) return 'conflict';
      const { epoch, version, head } = log?.state ?? { epoch: step.epoch, version: 0, head: 0 };
      const records: LogRecord[] = log?.records ?? [];
      const numbers = log?.numbers ?? new Map<string, number>();
      const number = step.record === null ? head : head + 1;
      if (step.record !== null) {
        records.push({ number, text: step.record });
        if (records.length > retention.records) records.shift();
        for (const name of step.names) if (!numbers.has(name)) numbers.set(name, number);
      }
      const state = { epoch, version: version + 1, head: number, state: step.state };
      logs.set(key, { state, records, numbers }, retention.idleMs);
      return state;
    },

    async recordsAfter(key, epoch, number, most) {
      const log = logOf(key, epoch);
      if (log === null) return null;
      const trimmed = log.state.head - log.records.length;
      return number < trimmed ? null : log.records.slice(number - trimmed, number - trimmed + most);
    },

    async numbersOf(key, epoch, names) {
      const log = logOf(key, epoch);
      return log && names.map((name) => log.numbers.get(name) ?? null);
    },

    lease: (key, holder, ttlMs) => leases.lease(key, holder, ttlMs),
    isLeaseWanted: (key, holder) => leases.isLeaseWanted(key, holder),
    releaseLease: (key, holder) => leases.releaseLease(key, holder),

    readNote: async (key) => notes.get(key) ?? null,
    writeNote: async (key, text, ttlMs) => notes.set(key, text, ttlMs),
    removeNote: async (key) => notes.delete(key),

    publish: async (message) => listeners.tellMessage(message),
    listen: (listener) => listeners.add(listener),
    isReachable: () => true,
    close: async () => undefined,
  };
}
