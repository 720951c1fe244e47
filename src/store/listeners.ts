/** The listeners of a store within this process. */
import type { StoreListener } from './store.ts';

export interface Listeners {
  /** Adds a listener. The returned function removes it, after which it is not called. */
  add(listener: StoreListener): () => void;
  /** Sends a message to every listener. */
  tellMessage(message: string): void;
  /** Notifies every listener that messages may have been missed. */
  tellGap(): void;
}

/**
 * Creates an empty set of listeners. They are called in order, and never before the caller is done: what a listener
 * does or throws does not affect the caller.
 */
export function createListeners(): Listeners {
  // An object of its own for each call, so that a listener may be added twice.
  const entries = new Set<{ readonly listener: StoreListener }>();

  function notify(what: (listener: StoreListener) => void): void {
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
    tellMessage: (message) => notify((listener) => listener.onMessage(message)),
    tellGap: () => notify((listener) => listener.onGap()),
  };
}
