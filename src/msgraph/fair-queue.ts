/** What waits, in turns: whoever has much to ask keeps nobody waiting who has little. */
import { createLine } from './line.ts';
import type { Line } from './line.ts';

/** What waits, wherever it stands; null when it was taken or has left. Only the queue changes it. */
export interface Waiting<Item> {
  item: Item | null;
}

export interface FairQueue<Item> {
  /** Adds what `owner` waits for, behind what they wait for already. */
  readonly add: (owner: string, item: Item) => Waiting<Item>;
  /** Has `owner` wait for what others wait for already, behind what else they wait for: it is taken when the first of all has their turn. */
  readonly join: (owner: string, waiting: Waiting<Item>) => void;
  /** Adds what all these owners have waited for before, before everything else of theirs. */
  readonly addAgain: (owners: readonly string[], item: Item) => Waiting<Item>;
  /** Takes it out; nothing happens when it waits no more. */
  readonly leave: (waiting: Waiting<Item>) => void;
  /** Takes up to `most` items, one of each owner in turn. Whoever was served last is served first the next time no more. */
  readonly take: (most: number) => Item[];
  /** Takes out and gives back every item of which `isMeant` says so. */
  readonly takeWhere: (isMeant: (item: Item) => boolean) => Item[];
  readonly isEmpty: () => boolean;
}

/** Who waits for something, and for what. */
interface Owner<Item> {
  readonly name: string;
  readonly line: Line<Waiting<Item>>;
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

  function lineOf(name: string): Line<Waiting<Item>> {
    const known = owners.get(name);
    if (known !== undefined) return known.line;
    const owner = { name, line: createLine<Waiting<Item>>() };
    owners.set(name, owner);
    turns.add(owner);
    return owner.line;
  }

  function begin(item: Item): Waiting<Item> {
    count += 1;
    onChanged?.(1);
    return { item };
  }

  /** Its places stay where they are, empty, until it is their turn. */
  function end(waiting: Waiting<Item>): Item | null {
    const { item } = waiting;
    if (item === null) return null;
    waiting.item = null;
    count -= 1;
    onChanged?.(-1);
    return item;
  }

  function takeOf({ line }: Owner<Item>): Item | null {
    for (let waiting = line.takeFirst(); waiting !== undefined; waiting = line.takeFirst()) {
      const item = end(waiting);
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
      const waiting = begin(item);
      lineOf(owner).add(waiting);
      return waiting;
    },
    join(owner, waiting) {
      if (waiting.item !== null) lineOf(owner).add(waiting);
    },
    addAgain(names, item) {
      const waiting = begin(item);
      for (const name of names) lineOf(name).addFirst(waiting);
      return waiting;
    },
    leave(waiting) {
      end(waiting);
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
        for (const waiting of line.all()) {
          const { item } = waiting;
          if (item === null || !isMeant(item)) continue;
          end(waiting);
          meant.push(item);
        }
      forgetIfIdle();
      return meant;
    },
    isEmpty: () => count === 0,
  };
}
