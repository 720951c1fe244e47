/** Recognizes a misspelled name of a variable. */

/** Shorter names resemble too many others. */
const SHORTEST_NAME = 5;

/** Whether two different texts differ by one character more, less or other, or by two neighbors that are swapped. */
function isOneTypoApart(one: string, other: string): boolean {
  const shorter = Math.min(one.length, other.length);
  let start = 0;
  while (start < shorter && one[start] === other[start]) start += 1;
  let end = 0;
  while (end < shorter - start && one.at(-1 - end) === other.at(-1 - end)) end += 1;
  const [left, right] = [one.slice(start, one.length - end), other.slice(start, other.length - end)];
  const isSwapped = left.length === 2 && right.length === 2 && left[0] === right[1] && left[1] === right[0];
  return isSwapped || (left.length <= 1 && right.length <= 1);
}

/** The first of the known names that a written name is a typo of, whatever its case; undefined if there is none. */
export function meantBy(written: string, known: readonly string[]): string | undefined {
  return known.find((name) => name.length >= SHORTEST_NAME && isOneTypoApart(written.toUpperCase(), name));
}
