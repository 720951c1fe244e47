/** A line of those who wait, which any of them can leave at once, however long it is. */

/** One place in a line, which only the line itself changes. */
export interface Place<Item> {
  readonly item: Item;
  before: Place<Item> | null;
  behind: Place<Item> | null;
  isLeft: boolean;
}

export interface Line<Item> {
  /** Puts an item behind all others. */
  readonly add: (item: Item) => Place<Item>;
  /** Puts an item before all others. */
  readonly addFirst: (item: Item) => Place<Item>;
  /** Takes out who has this place; nothing happens when they have left it already. */
  readonly leave: (place: Place<Item>) => void;
  /** Takes out the first; undefined when nobody waits. */
  readonly takeFirst: () => Item | undefined;
  readonly isEmpty: () => boolean;
}

/**
 * Creates an empty line. Each step takes the same time whatever waits: an array has to move all of its items when the first is
 * taken, and a Map to step over all that were taken before.
 */
export function createLine<Item>(): Line<Item> {
  let first: Place<Item> | null = null;
  let last: Place<Item> | null = null;

  function leave(place: Place<Item>): void {
    if (place.isLeft) return;
    place.isLeft = true;
    if (place.before === null) first = place.behind;
    else place.before.behind = place.behind;
    if (place.behind === null) last = place.before;
    else place.behind.before = place.before;
  }

  function put(place: Place<Item>): Place<Item> {
    if (place.before === null) first = place;
    else place.before.behind = place;
    if (place.behind === null) last = place;
    else place.behind.before = place;
    return place;
  }

  return {
    add: (item) => put({ item, before: last, behind: null, isLeft: false }),
    addFirst: (item) => put({ item, before: null, behind: first, isLeft: false }),
    leave,
    takeFirst() {
      const place = first;
      if (place === null) return undefined;
      leave(place);
      return place.item;
    },
    isEmpty: () => first === null,
  };
}
