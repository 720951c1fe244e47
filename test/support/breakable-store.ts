import { StoreError } from '../../src/store/error.ts';
import type { Store, StoreListener } from '../../src/store/store.ts';

export interface BreakableStore extends Store {
  /** Makes it unreachable from now on. */
  goAway(): void;
  /** Makes it reachable again: with its data, or replaced by `other`, which has none of them. */
  comeBack(other?: Store): void;
}

/** A store that can be unreachable, like one over a network. */
export function createBreakableStore(first: Store): BreakableStore {
  let current = first;
  let isAway = false;
  const listeners = new Map<StoreListener, () => void>();

  async function ask<Answer>(question: (store: Store) => Promise<Answer>): Promise<Answer> {
    if (isAway) throw new StoreError('The store of this test is away.');
    return question(current);
  }

  function hear(listener: StoreListener): () => void {
    return current.listen({
      onMessage: (message) => isAway || listener.onMessage(message),
      onGap: () => listener.onGap(),
    });
  }

  return {
    goAway() {
      isAway = true;
    },
    comeBack(other = current) {
      current = other;
      isAway = false;
      for (const [listener, stop] of listeners) {
        stop();
        listeners.set(listener, hear(listener));
        listener.onGap();
      }
    },
    readLog: (key) => ask((store) => store.readLog(key)),
    append: (key, step) => ask((store) => store.append(key, step)),
    recordsAfter: (key, epoch, number, most) => ask((store) => store.recordsAfter(key, epoch, number, most)),
    numbersOf: (key, epoch, names) => ask((store) => store.numbersOf(key, epoch, names)),
    lease: (key, holder, ttlMs) => ask((store) => store.lease(key, holder, ttlMs)),
    isLeaseWanted: (key, holder) => ask((store) => store.isLeaseWanted(key, holder)),
    releaseLease: (key, holder) => ask((store) => store.releaseLease(key, holder)),
    readNote: (key) => ask((store) => store.readNote(key)),
    writeNote: (key, text, ttlMs) => ask((store) => store.writeNote(key, text, ttlMs)),
    removeNote: (key) => ask((store) => store.removeNote(key)),
    publish: (message) => ask((store) => store.publish(message)),
    isReachable: () => !isAway,
    listen(listener) {
      listeners.set(listener, hear(listener));
      return () => {
        listeners.get(listener)?.();
        listeners.delete(listener);
      };
    },
    close: () => current.close(),
  };
}
