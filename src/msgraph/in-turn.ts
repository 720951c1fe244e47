/** Calls back for each of a group, and for each group by itself. */

/**
 * Calls back for all items, those together that are of one owner: for the first owner's at once, and for each other's when what came of that is
 * done, before anything else comes in. So what is answered in one batch to many goes on one after the other: the first has its answer
 * sent, or asks for more, before the last is looked at.
 */
export function inTurn<Item>(
  items: readonly Item[],
  ownerOf: (item: Item) => unknown,
  callback: (item: Item) => void,
): void {
  const [first, ...others] = Map.groupBy(items, ownerOf).values();
  first?.forEach(callback);
  // Promises and ticks have their say between two of them: https://nodejs.org/api/timers.html#setimmediatecallback-args
  for (const group of others) setImmediate(() => group.forEach(callback));
}
