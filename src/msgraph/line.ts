/** A line of those who wait. */
export interface Line<Item> {
  /** Puts an item behind all others. */
  readonly add: (item: Item) => void;
  /** Puts an item before all others. */
  readonly addFirst: (item: Item) => void;
  /** Takes out the first; undefined when nobody waits. */
  readonly takeFirst: () => Item | undefined;
  readonly isEmpty: () => boolean;
  /** Those who wait, in no order. */
  readonly all: () => Item[];
}

/** The others move up when more are gone than wait, and so many at least. */
const LEAST_GONE = 32;

/**
 * Creates an empty line. Taken together, each step takes the same time whatever waits: to take the first out of an array moves all
 * others, so that they move only now and then.
 */
export function createLine<Item>(): Line<Item> {
  /** Those who were put first, the last of them at the end. */
  const first: Item[] = [];
  let others: Item[] = [];
  let gone = 0;

  return {
    add: (item) => others.push(item),
    addFirst: (item) => first.push(item),
    takeFirst() {
      if (first.length > 0) return first.pop();
      const item = others[gone];
      if (gone < others.length) gone += 1;
      if (gone >= LEAST_GONE && 2 * gone >= others.length) {
        others = others.slice(gone);
        gone = 0;
      }
      return item;
    },
    isEmpty: () => first.length === 0 && gone === others.length,
    all: () => [...first, ...others.slice(gone)],
  };
}
