/** What waits, in turns: whoever has much to ask keeps nobody waiting who has little. */
import { createLine } from './line.ts';
import type { Line } from './line.ts';

/** Where something waits, in the line of each who waits for it; null when it was taken or has left. Only the queue changes it. */
export interface Place<Item> {
  item: Item | null;
}

export interface FairQueue<Item> {
  /** Adds what `owner` waits for, behind what they wait for already. */
  readonly add: (owner: string, item: Item) => Place<Item>;
  /** Has `owner` wait for what others wait for already, behind what else they wait for: it is taken when the first of all has their turn. */
  readonly join: (owner: string, place: Place<Item>) => void;
  /** Adds what all these owners have waited for before, before everything else of theirs. */
  readonly addAgain: (owners: Iterable<string>, item: Item) => Place<Item>;
  /** Takes it out; nothing happens when it waits no more. */
  readonly leave: (place: Place<Item>) => void;
  /** Takes up to `most` items, one of each owner in turn. Whoever was served last is served first the next time no more. */
  readonly take: (most: number) => Item[];
  /** Takes out and gives back every item of which `isMeant` says so. */
  readonly takeWhere: (isMeant: (item: Item) => boolean) => Item[];
  /** How many items wait. */
  readonly count: () => number;
}

/** Who waits for something, and for what. */
interface Owner<Item> {
  readonly name: string;
  readonly line: Line<Place<Item>>;
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
  /** The same, in the order of their turns. */
  let turns = createLine<Owner<Item>>();
  let count = 0;

  function lineOf(name: string): Line<Place<Item>> {
    const known = owners.get(name);
    if (known !== undefined) return known.line;
    const owner = { name, line: createLine<Place<Item>>() };
    owners.set(name, owner);
    turns.add(owner);
    return owner.line;
  }

  function begin(item: Item): Place<Item> {
    count += 1;
    onChanged?.(1);
    return { item };
  }

  /** Its places stay where they are, empty, until it is their turn: whoever has left and comes again meanwhile has that turn. */
  function end(place: Place<Item>): Item | null {
    const { item } = place;
    if (item === null) return null;
    place.item = null;
    count -= 1;
    onChanged?.(-1);
    return item;
  }

  function takeOf({ line }: Owner<Item>): Item | null {
    for (let place = line.takeFirst(); place !== undefined; place = line.takeFirst()) {
      const item = end(place);
      if (item !== null && isWanted(item)) return item;
    }
    return null;
  }

  function forgetIfIdle(): void {
    if (count > 0) return;
    owners.clear();
    turns = createLine();
  }

  return {
    add(owner, item) {
      const place = begin(item);
      lineOf(owner).add(place);
      return place;
    },
    join(owner, place) {
      if (place.item !== null) lineOf(owner).add(place);
    },
    addAgain(names, item) {
      const place = begin(item);
      for (const name of names) lineOf(name).addFirst(place);
      return place;
    },
    leave(place) {
      end(place);
      forgetIfIdle();
    },
    take(most) {
      const taken: Item[] = [];
      while (taken.length < most) {
        const owner = turns.takeFirst();
        if (owner === undefined) break;
        const item = takeOf(owner);
        if (item !== null) taken.push(item);
        // Behind the others, if they wait for more.
        if (owner.line.isEmpty()) owners.delete(owner.name);
        else turns.add(owner);
      }
      return taken;
    },
    takeWhere(isMeant) {
      const meant: Item[] = [];
      for (const { line } of owners.values())
        for (const place of line.all()) {
          const { item } = place;
          if (item === null || !isMeant(item)) continue;
          end(place);
          meant.push(item);
        }
      forgetIfIdle();
      return meant;
    },
    count: () => count,
  };
}
