/** The meaning of a `Range` header, after the text of RFC 9110, section 14, and independent of the gateway. */

/** From one byte up to, and excluding, another. */
export type Bytes = readonly [from: number, to: number];

/** The whole, nothing at all, or these bytes in this order. */
export type Meaning = 'whole' | 'none' | readonly Bytes[];

const isNumber = (text: string): boolean => /^[0-9]+$/.test(text);

function withoutWhitespace(text: string): string {
  let [from, to] = [0, text.length];
  while (from < to && ' \t'.includes(text.charAt(from))) from += 1;
  while (to > from && ' \t'.includes(text.charAt(to - 1))) to -= 1;
  return text.slice(from, to);
}

/** The bytes of one range-spec in `size` bytes; null if it is not satisfiable, undefined if it is malformed. */
function specOf(text: string, size: bigint): readonly [bigint, bigint] | null | undefined {
  const dash = text.indexOf('-');
  if (dash === -1) return undefined;
  const [first, last] = [text.slice(0, dash), text.slice(dash + 1)];
  if (first === '') {
    if (!isNumber(last)) return undefined;
    // "If the selected representation is shorter than the specified suffix-length, the entire representation is used."
    const length = BigInt(last) > size ? size : BigInt(last);
    return length === 0n ? null : [size - length, size];
  }
  if (!isNumber(first) || (last !== '' && !isNumber(last))) return undefined;
  // "An int-range is invalid if the last-pos value is present and less than first-pos."
  if (last !== '' && BigInt(last) < BigInt(first)) return undefined;
  // "If last-pos is absent, or greater than or equal to the current length, the remainder is meant."
  const end = last === '' || BigInt(last) >= size ? size : BigInt(last) + 1n;
  return BigInt(first) >= size ? null : [BigInt(first), end];
}

/** The answer to a header by a server that honors every range it may, and at most `most` ranges. */
export function meaningOf(header: string | null, size: number, most: number): Meaning {
  const text = withoutWhitespace(header ?? '');
  const equals = text.indexOf('=');
  // A unit is a case-insensitive token. Some clients write harmless space around the sign.
  if (equals === -1 || withoutWhitespace(text.slice(0, equals)).toLowerCase() !== 'bytes') return 'whole';
  const elements = text
    .slice(equals + 1)
    .split(',')
    .map(withoutWhitespace)
    .filter((element) => element !== '');
  const specs = elements.map((element) => specOf(element, BigInt(size)));
  if (specs.length === 0 || specs.length > most || specs.includes(undefined)) return 'whole';
  const found: Bytes[] = [];
  for (const spec of specs) if (spec) found.push([Number(spec[0]), Number(spec[1])]);
  return found.length === 0 ? 'none' : joined(found);
}

/** Joins ranges that overlap or are less than 256 bytes apart; if any are joined, all are sorted. */
function joined(ranges: readonly Bytes[]): readonly Bytes[] {
  const runs: Bytes[] = [];
  for (const [from, to] of ranges.toSorted(([one], [other]) => one - other)) {
    const last = runs.pop();
    if (last === undefined) runs.push([from, to]);
    else if (from - last[1] < 256) runs.push([last[0], Math.max(last[1], to)]);
    else runs.push(last, [from, to]);
  }
  return runs.length === ranges.length ? ranges : runs;
}
