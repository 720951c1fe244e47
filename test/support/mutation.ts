/** Nearly valid input: randomly changed texts and values. */
import type { Draw } from './random-operation.ts';

/** Characters with a meaning to some parser, or with none at all. */
const CHARACTERS = [
  ...Array.from('{}[]()"\'\\/:,.$@!?#%&=+-_~ \n\t\0aZ09éß漢🎥'),
  '\u2028',
  '\uFEFF',
  '\uD800',
  '\uDC00',
  '\u202E',
];

/** A random text of up to `longest` characters. */
export function drawText(draw: Draw, longest = 40): string {
  return Array.from({ length: draw.below(longest + 1) }, () => draw.of(CHARACTERS)).join('');
}

/** The same text with a few changes: something removed, inserted, repeated, or cut off. */
export function mutateText(draw: Draw, text: string): string {
  let mutated = text;
  for (let times = 1 + draw.below(3); times > 0; times -= 1) {
    const at = draw.below(mutated.length + 1);
    const [before, after] = [mutated.slice(0, at), mutated.slice(at)];
    mutated = draw.of([
      before + after.slice(1 + draw.below(8)),
      before + drawText(draw, 4) + after,
      before + after.slice(0, 1 + draw.below(20)) + after,
      before,
    ]);
  }
  return mutated;
}

/** A random value of any kind. */
function drawValue(draw: Draw): unknown {
  return draw.of<() => unknown>([
    () => null,
    () => true,
    () => draw.of([0, -1, 1.5, 1e308, 2 ** 53]),
    () => drawText(draw),
    () => 'x'.repeat(5_000),
    () => [],
    () => ({}),
    () => [drawValue(draw), drawValue(draw)],
    () => ({ [drawText(draw, 5)]: drawValue(draw), id: drawValue(draw), value: drawValue(draw) }),
    () => JSON.parse(`${'['.repeat(500)}${']'.repeat(500)}`),
    () => JSON.parse('{"__proto__":{"id":"a"},"constructor":1,"toString":null}'),
  ])();
}

/** The same value with one change: something replaced, removed, or repeated. */
export function mutateValue(draw: Draw, value: unknown): unknown {
  const isLeaf = !(value instanceof Object) || Object.keys(value).length === 0;
  if (isLeaf || draw.below(5) === 0) return drawValue(draw);
  if (Array.isArray(value)) {
    const at = draw.below(value.length);
    const [before, here, after]: unknown[][] = [value.slice(0, at), value.slice(at, at + 1), value.slice(at + 1)];
    return draw.of([
      () => [...(before ?? []), mutateValue(draw, here?.[0]), ...(after ?? [])],
      () => [...(before ?? []), ...(here ?? []), ...(here ?? []), ...(after ?? [])],
      () => [...(before ?? []), ...(after ?? [])],
    ])();
  }
  const entries = Object.entries(value);
  const chosen = draw.below(entries.length);
  return Object.fromEntries(
    entries.flatMap(([name, member], index) => {
      if (index !== chosen) return [[name, member]];
      return draw.below(6) === 0 ? [] : [[name, mutateValue(draw, member)]];
    }),
  );
}
