/** What waits, in turns: whoever has much to ask keeps nobody waiting who has little. */
import { createLine } from './line.ts';
import type { Line, Place } from './line.ts';

/** Takes out what it was given for; nothing happens when that was taken already. */
export type LeaveQueue = () => void;

export interface FairQueue<Item> {
  /** Adds what `owner` waits for, behind what they wait for already. What others wait for already is taken once, when the first of them has their turn. */
  add(owner: string, item: Item): LeaveQueue;
  /** Adds what has waited already, before everything else of its owner. */
  addAgain(owner: string, item: Item): LeaveQueue;
  /** Takes up to `most` items, one of each owner in turn. Whoever was served last is served first the next time no more. */
  take(most: number): Item[];
  /** Takes out and gives back every item of which `isMeant` says so. */
  takeWhere(isMeant: (item: Item) => boolean): Item[];
  readonly has: (item: Item) => boolean;
  readonly isEmpty: () => boolean;
}

/** One item, and where it stands: in a line of each who waits for it. */
interface Entry<Item> {
  readonly item: Item;
  readonly stands: { readonly owner: Owner<Item>; readonly place: Place<Entry<Item>> }[];
}

/** Who waits for something, and for what. */
interface Owner<Item> {
  readonly name: string;
  readonly entries: Line<Entry<Item>>;
  /** Its place among those whose turn comes; null before it has one. */
  turn: Place<Owner<Item>> | null;
}

/**
 * Creates an empty queue. Items of which `isWanted` says no when it is their turn are left out. `onChanged` is told by how many
 * items there are more or fewer.
 */
export function createFairQueue<Item>(
  isWanted: (item: Item) => boolean,
  onChanged?: (change: number) => void,
): FairQueue<Item> {
  const owners = new Map<string, Owner<Item>>();
  const entries = new Map<Item, Entry<Item>>();
  /** Those of them whose turn comes, in order. */
  const turns = createLine<Owner<Item>>();

  function ownerOf(name: string): Owner<Item> {
    const known = owners.get(name);
    if (known !== undefined) return known;
    const owner: Owner<Item> = { name, entries: createLine(), turn: null };
    owner.turn = turns.add(owner);
    owners.set(name, owner);
    return owner;
  }

  function forgetIfIdle(owner: Owner<Item>): void {
    if (!owner.entries.isEmpty() || owners.get(owner.name) !== owner) return;
    owners.delete(owner.name);
    if (owner.turn !== null) turns.leave(owner.turn);
  }

  function entryOf(item: Item): Entry<Item> {
    const known = entries.get(item);
    if (known !== undefined) return known;
    const entry: Entry<Item> = { item, stands: [] };
    entries.set(item, entry);
    onChanged?.(1);
    return entry;
  }

  /** Takes an item out of every line in which it stands. */
  function leave(entry: Entry<Item>): void {
    if (entries.get(entry.item) !== entry) return;
    entries.delete(entry.item);
    for (const { owner, place } of entry.stands) {
      owner.entries.leave(place);
      forgetIfIdle(owner);
    }
    onChanged?.(-1);
  }

  function put(name: string, item: Item, isFirst: boolean): LeaveQueue {
    const entry = entryOf(item);
    if (!entry.stands.some(({ owner }) => owner.name === name)) {
      const owner = ownerOf(name);
      const place = isFirst ? owner.entries.addFirst(entry) : owner.entries.add(entry);
      entry.stands.push({ owner, place });
    }
    return () => leave(entry);
  }

  function takeOf(owner: Owner<Item>): Item | undefined {
    for (;;) {
      const entry = owner.entries.takeFirst();
      if (entry === undefined) return undefined;
      leave(entry);
      if (isWanted(entry.item)) return entry.item;
    }
  }

  return {
    add: (owner, item) => put(owner, item, false),
    addAgain: (owner, item) => put(owner, item, true),
    take(most) {
      const taken: Item[] = [];
      while (taken.length < most) {
        const owner = turns.takeFirst();
        if (owner === undefined) break;
        const item = takeOf(owner);
        if (item !== undefined) taken.push(item);
        // Behind the others, if they wait for more.
        if (!owner.entries.isEmpty()) owner.turn = turns.add(owner);
      }
      return taken;
    },
    takeWhere(isMeant) {
      const meant = [...entries.values()].filter(({ item }) => isMeant(item));
      for (const entry of meant) leave(entry);
      return meant.map(({ item }) => item);
    },
    has: (item) => entries.has(item),
    isEmpty: () => entries.size === 0,
  };
}
