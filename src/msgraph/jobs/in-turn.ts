/** Runs callbacks for a list of items, one group per owner. */

/**
 * Calls back for all items, grouped by owner: for the first group at once, and for each other group when the promise
 * callbacks of the previous one have run, before new I/O is read. When one batch answers many callers, the first one's
 * response is sent, or its next request made, before the last one's is processed.
 */
export function inTurn<Item>(
  items: readonly Item[],
  ownerOf: (item: Item) => unknown,
  callback: (item: Item) => void,
): void {
  const [first, ...others] = Map.groupBy(items, ownerOf).values();
  first?.forEach(callback);
  // Promise callbacks and ticks run between two immediates:
  // https://nodejs.org/api/timers.html#setimmediatecallback-args
  for (const group of others) setImmediate(() => group.forEach(callback));
}
