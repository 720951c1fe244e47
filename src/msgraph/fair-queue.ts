/** What waits, in turns: whoever has much to ask keeps nobody waiting who has little. */

export interface FairQueue<Item> {
  /** Adds what `owner` waits for, behind what they wait for already. */
  add(owner: string, item: Item): void;
  /** Adds what has waited already, before everything else of its owner. */
  addAgain(owner: string, item: Item): void;
  /** Takes up to `most` items, one of each owner in turn. Whoever was served last is served first the next time no more. */
  take(most: number): Item[];
  /** Takes out and gives back every item of which `isMeant` says so. */
  takeWhere(isMeant: (item: Item) => boolean): Item[];
  readonly isEmpty: () => boolean;
}

/**
 * Creates an empty queue. Items of which `isWanted` says no when it is their turn are left out. `onChanged` is told by how many
 * items there are more or fewer.
 */
export function createFairQueue<Item>(
  isWanted: (item: Item) => boolean,
  onChanged?: (change: number) => void,
): FairQueue<Item> {
  /** In the order in which it is their turn. */
  const waiting = new Map<string, Item[]>();

  function itemsOf(owner: string): Item[] {
    const items = waiting.get(owner) ?? [];
    waiting.set(owner, items);
    return items;
  }

  return {
    add(owner, item) {
      itemsOf(owner).push(item);
      onChanged?.(1);
    },
    addAgain(owner, item) {
      itemsOf(owner).unshift(item);
      onChanged?.(1);
    },
    take(most) {
      const taken: Item[] = [];
      // A Map keeps the order of insertion: who has had a turn and still waits is put behind the others.
      for (const [owner, items] of waiting) {
        if (taken.length >= most) break;
        waiting.delete(owner);
        const next = items.findIndex(isWanted);
        onChanged?.(next === -1 ? -items.length : -next - 1);
        if (next !== -1) taken.push(...items.splice(0, next + 1).slice(-1));
        if (next !== -1 && items.length > 0) waiting.set(owner, items);
      }
      return taken;
    },
    takeWhere(isMeant) {
      const taken: Item[] = [];
      for (const [owner, items] of waiting) {
        const left = items.filter((item) => !isMeant(item));
        taken.push(...items.filter(isMeant));
        if (left.length > 0) waiting.set(owner, left);
        else waiting.delete(owner);
      }
      onChanged?.(-taken.length);
      return taken;
    },
    isEmpty: () => waiting.size === 0,
  };
}
