/** The result of a fault, in the words of docs/faults.md. */
import type { GraphQLResponse, GraphQLResponseError } from '../support/gateway.ts';

/** What a caller sees without a fault. */
export const ALL = 'complete response';

type Path = readonly (string | number)[];

function placeOf(path: Path): string {
  return path.length === 0 ? 'data' : path.join('.');
}

function isObject(value: unknown): value is object {
  return value instanceof Object;
}

/** The paths of unexpected nulls. Throws if anything else differs. */
function nullsIn(whole: unknown, came: unknown, path: Path = []): Path[] {
  if (came === null && whole !== null) return [path];
  if (!isObject(whole) || !isObject(came)) {
    if (whole === came) return [];
    throw new Error(`Expected ${JSON.stringify(whole)} at ${placeOf(path)}, but got ${JSON.stringify(came)}.`);
  }
  if (Object.keys(whole).join() !== Object.keys(came).join())
    throw new Error(`Expected all of ${JSON.stringify(whole)} at ${placeOf(path)}, but got ${JSON.stringify(came)}.`);
  return Object.entries(whole).flatMap(([name, value]) =>
    nullsIn(value, Reflect.get(came, name), [...path, Array.isArray(whole) ? Number(name) : name]),
  );
}

/** An error as its code, with the hints for the caller. */
export function wordsOfError({ extensions = {} }: Pick<GraphQLResponseError, 'extensions'>): string {
  const { code, retryAfter, claims } = extensions;
  const more = [
    ...(retryAfter === undefined ? [] : [`retryAfter ${JSON.stringify(retryAfter)}`]),
    ...(claims === undefined ? [] : ['claims']),
  ];
  return more.length === 0 ? String(code) : `${String(code)} (${more.join(', ')})`;
}

/** An answer in words, compared with the whole one: its errors, and the nulls without an error. */
export function wordsOf(whole: GraphQLResponse, { data, errors = [] }: GraphQLResponse): string {
  const told = errors.map((error) => ({ words: wordsOfError(error), place: placeOf(error.path ?? []) }));
  const places = new Set(told.map(({ place }) => place));
  const untold = (data === null ? [] : nullsIn(whole.data, data))
    .map(placeOf)
    .filter((place) => !places.has(place))
    .map((place) => ({ words: 'null', place }));
  const byWords = Map.groupBy([...told, ...untold], ({ words }) => words);
  const words = [...byWords].map(([what, all]) => `${what} at ${all.map(({ place }) => place).join(', ')}`);
  if (data === null) words.push('no data');
  return words.length === 0 ? ALL : words.join('; ');
}

/** The requests in order, with equal neighbors grouped: `2 × GET, batch of 3`. */
export function wordsOfRequests(requests: readonly string[]): string {
  const runs: { readonly request: string; count: number }[] = [];
  for (const request of requests) {
    const last = runs.at(-1);
    if (last?.request === request) last.count += 1;
    else runs.push({ request, count: 1 });
  }
  if (runs.length === 0) return 'no request';
  return runs.map(({ request, count }) => (count === 1 ? request : `${count} × ${request}`)).join(', ');
}
