/** Those who listen to a store within this process. */
import type { StoreListener } from './store.ts';

export interface Listeners {
  /** Adds one; the function that it returns takes it away, and it is told nothing more. */
  add(listener: StoreListener): () => void;
  /** Tells everyone a message. */
  tellMessage(message: string): void;
  /** Tells everyone that messages may have been missed. */
  tellGap(): void;
}

/**
 * Creates an empty set of listeners. They are told in order, and never before the caller is done: what one of them does,
 * or throws, is no matter of whoever told it.
 */
export function createListeners(): Listeners {
  // An object of its own for each, so that somebody may listen twice.
  const entries = new Set<{ readonly listener: StoreListener }>();

  function tell(what: (listener: StoreListener) => void): void {
    for (const entry of entries) {
      queueMicrotask(() => {
        if (entries.has(entry)) what(entry.listener);
      });
    }
  }

  return {
    add(listener) {
      const entry = { listener };
      entries.add(entry);
      return () => void entries.delete(entry);
    },
    tellMessage: (message) => tell((listener) => listener.onMessage(message)),
    tellGap: () => tell((listener) => listener.onGap()),
  };
}
