/** A round-robin queue of items with owners: an owner with many items does not delay one with few. */
import { createDeque } from './deque.ts';
import type { Deque } from './deque.ts';

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
  /**
   * Takes up to `most` items, one of each owner in turn. An exclusive item is taken only with others of its owner. The
   * next call goes on with the next owner.
   */
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

export interface FairQueueOptions<Item> {
  /** Items that it rejects when their turn comes are dropped. By default all are wanted. */
  readonly isWanted?: (item: Item) => boolean;
  /** Whether an item may not be taken together with items of other owners. By default none is exclusive. */
  readonly isExclusive?: (item: Item) => boolean;
  /** Receives each change in the number of items. */
  readonly onChanged?: ((change: number) => void) | undefined;
}

/** Creates an empty queue. */
export function createFairQueue<Item>({
  isWanted = () => true,
  isExclusive = () => false,
  onChanged,
}: FairQueueOptions<Item>): FairQueue<Item> {
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
  function end(entry: Entry<Item>): void {
    if (entry.item === null) return;
    entry.item = null;
    count -= 1;
    onChanged?.(-1);
  }

  function removeNext({ entries }: Owner<Item>): void {
    const entry = entries.takeFirst();
    if (entry !== undefined) end(entry);
  }

  /** The next wanted item of an owner, which stays in the queue; null when there is none. */
  function nextOf(owner: Owner<Item>): Item | null {
    for (let entry = owner.entries.first(); entry !== undefined; entry = owner.entries.first()) {
      if (entry.item !== null && isWanted(entry.item)) return entry.item;
      removeNext(owner);
    }
    return null;
  }

  /** Puts an owner behind the others, if it waits for more. */
  function endTurn(owner: Owner<Item>): void {
    if (owner.entries.isEmpty()) owners.delete(owner.name);
    else turns.add(owner);
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
      const takers = new Set<Owner<Item>>();
      const skipped: Owner<Item>[] = [];
      /** The owner of an exclusive item that has been taken. */
      let only: Owner<Item> | null = null;
      while (taken.length < most) {
        const owner: Owner<Item> | undefined = only ?? turns.takeFirst();
        if (owner === undefined) break;
        const item = nextOf(owner);
        if (item === null && only !== null) break;
        if (item !== null && isExclusive(item)) {
          if (takers.size > (takers.has(owner) ? 1 : 0)) {
            skipped.push(owner);
            continue;
          }
          only = owner;
        }
        if (item !== null) {
          removeNext(owner);
          taken.push(item);
          takers.add(owner);
        }
        if (only === null) endTurn(owner);
      }
      if (only !== null) endTurn(only);
      for (const owner of skipped.toReversed()) turns.addFirst(owner);
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
