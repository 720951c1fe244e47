/** A round-robin queue of items with owners: an owner with many items does not delay one with few. */
import { createDeque } from '../../deque.ts';
import type { Deque } from '../../deque.ts';

/** A queue entry, in the queue of each owner of its item; null once taken or removed. Only the queue sets it. */
export interface Entry<Item> {
  item: Item | null;
}

export interface FairQueue<Item> {
  /** Adds an item for `owner`, behind the owner's other items. */
  readonly add: (owner: string, item: Item) => Entry<Item>;
  /** Adds `owner` to a queued item, behind the owner's other items. The first owner whose turn comes takes it. */
  readonly join: (owner: string, entry: Entry<Item>) => void;
  /** Adds an item again for all these owners, ahead of their other items. */
  readonly addAgain: (owners: Iterable<string>, item: Item) => Entry<Item>;
  /** Removes it; does nothing when it no longer waits. */
  readonly leave: (entry: Entry<Item>) => void;
  /** Takes up to `most` items, one of each owner in turn. The next call goes on with the next owner. */
  readonly take: (most: number) => Item[];
  /** Removes and returns every item that `isMeant` accepts. */
  readonly takeWhere: (isMeant: (item: Item) => boolean) => Item[];
  /** How many items wait. */
  readonly count: () => number;
}

/** An owner, and its queue of entries. */
interface Owner<Item> {
  readonly name: string;
  readonly entries: Deque<Entry<Item>>;
}

/**
 * Creates an empty queue. Items that `isWanted` rejects when their turn comes are dropped. `onChanged` receives each
 * change in the number of items.
 */
export function createFairQueue<Item>(
  isWanted: (item: Item) => boolean,
  onChanged?: (change: number) => void,
): FairQueue<Item> {
  const owners = new Map<string, Owner<Item>>();
  /** The owners in the order of their turns. */
  let turns = createDeque<Owner<Item>>();
  let count = 0;

  function entriesOf(name: string): Deque<Entry<Item>> {
    const known = owners.get(name);
    if (known !== undefined) return known.entries;
    const owner = { name, entries: createDeque<Entry<Item>>() };
    owners.set(name, owner);
    turns.add(owner);
    return owner.entries;
  }

  function begin(item: Item): Entry<Item> {
    count += 1;
    onChanged?.(1);
    return { item };
  }

  /** The entry stays in its queues, empty, until its turn: an owner that adds another item meanwhile keeps the turn. */
  function end(entry: Entry<Item>): Item | null {
    const { item } = entry;
    if (item === null) return null;
    entry.item = null;
    count -= 1;
    onChanged?.(-1);
    return item;
  }

  function takeOf({ entries }: Owner<Item>): Item | null {
    for (let entry = entries.takeFirst(); entry !== undefined; entry = entries.takeFirst()) {
      const item = end(entry);
      if (item !== null && isWanted(item)) return item;
    }
    return null;
  }

  function forgetIfIdle(): void {
    if (count > 0) return;
    owners.clear();
    turns = createDeque();
  }

  return {
    add(owner, item) {
      const entry = begin(item);
      entriesOf(owner).add(entry);
      return entry;
    },
    join(owner, entry) {
      if (entry.item !== null) entriesOf(owner).add(entry);
    },
    addAgain(names, item) {
      const entry = begin(item);
      for (const name of names) entriesOf(name).addFirst(entry);
      return entry;
    },
    leave(entry) {
      end(entry);
      forgetIfIdle();
    },
    take(most) {
      const taken: Item[] = [];
      while (taken.length < most) {
        const owner = turns.takeFirst();
        if (owner === undefined) break;
        const item = takeOf(owner);
        if (item !== null) taken.push(item);
        // Behind the others, if it waits for more.
        if (owner.entries.isEmpty()) owners.delete(owner.name);
        else turns.add(owner);
      }
      return taken;
    },
    takeWhere(isMeant) {
      const meant: Item[] = [];
      for (const { entries } of owners.values())
        for (const entry of entries.all()) {
          const { item } = entry;
          if (item === null || !isMeant(item)) continue;
          end(entry);
          meant.push(item);
        }
      forgetIfIdle();
      return meant;
    },
    count: () => count,
  };
}
