import { splitTarget } from './path.ts';
import { text } from './shape.ts';
import type { Shape } from './shape.ts';

/** Which requests something is about. What is left out matches everything. */
export interface Match {
  /** In capitals. */
  readonly method?: string;
  /** What the decoded path, from its version root on and without the query, has to contain. */
  readonly path?: string;
  /** The source of a regular expression that the decoded path has to match. */
  readonly pathPattern?: string;
  /** What the decoded query has to contain. */
  readonly query?: string;
}

/** What a match has to be when it comes from outside. */
export const matchShape: Shape<Match> = {
  method: text,
  path: text,
  pathPattern: {
    expected: 'the source of a regular expression',
    accepts: (value) => typeof value === 'string' && isPattern(value),
  },
  query: text,
};

/** Tells of a request whether it is one of those meant. */
export type Matcher = (request: { readonly method: string; readonly target: string }) => boolean;

/** Makes a match ready for use. Throws when its pattern is no regular expression. */
export function createMatcher({ method, path: part, pathPattern, query }: Match): Matcher {
  const pattern = pathPattern === undefined ? undefined : new RegExp(pathPattern, 'u');
  return (request) => {
    const { rawPath, rawQuery } = splitTarget(request.target);
    const path = decodeLeniently(rawPath);
    return (
      (method === undefined || method === request.method) &&
      (part === undefined || path.includes(part)) &&
      (pattern === undefined || pattern.test(path)) &&
      (query === undefined || decodeLeniently(rawQuery.replaceAll('+', ' ')).includes(query))
    );
  };
}

// A request whose encoding is broken is refused elsewhere; here it only has to be compared.
function decodeLeniently(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}

function isPattern(source: string): boolean {
  try {
    return new RegExp(source, 'u').source !== '';
  } catch {
    return false;
  }
}
