/** A double-ended queue: first in, first out, but items can also be added at the head. */
export interface Deque<Item> {
  /** Adds an item at the tail. */
  readonly add: (item: Item) => void;
  /** Adds an item at the head. */
  readonly addFirst: (item: Item) => void;
  /** Returns the head, which stays; undefined when the queue is empty. */
  readonly first: () => Item | undefined;
  /** Removes and returns the head; undefined when the queue is empty. */
  readonly takeFirst: () => Item | undefined;
  readonly isEmpty: () => boolean;
  /** All items, in no particular order. */
  readonly all: () => Item[];
}

/** The array is compacted once this many items are gone from it, and at least half. */
const LEAST_GONE = 32;

/**
 * Creates an empty queue. Adding and taking take amortized constant time: removing the first element of an array moves
 * all others, so the array is compacted only now and then.
 */
export function createDeque<Item>(): Deque<Item> {
  /** Items added at the head, the newest at the end. */
  const ahead: Item[] = [];
  let others: Item[] = [];
  let gone = 0;

  return {
    add: (item) => others.push(item),
    addFirst: (item) => ahead.push(item),
    first: () => (ahead.length > 0 ? ahead.at(-1) : others[gone]),
    takeFirst() {
      if (ahead.length > 0) return ahead.pop();
      const item = others[gone];
      if (gone < others.length) gone += 1;
      if (gone >= LEAST_GONE && 2 * gone >= others.length) {
        others = others.slice(gone);
        gone = 0;
      }
      return item;
    },
    isEmpty: () => ahead.length === 0 && gone === others.length,
    all: () => [...ahead, ...others.slice(gone)],
  };
}
