/** Matches requests by method, path and query, for faults and holds. */
import { splitTarget } from '../path.ts';
import { text } from '../shape.ts';
import type { Shape } from '../shape.ts';

/** Criteria for requests. A criterion that is left out matches every request. */
export interface Match {
  /** In upper case. */
  readonly method?: string;
  /** A text that the decoded path, from its version root on and without the query, must contain. */
  readonly path?: string;
  /** The source of a regular expression that the decoded path must match. */
  readonly pathPattern?: string;
  /** A text that the decoded query must contain. */
  readonly query?: string;
}

/** The shape of a match received over HTTP. */
export const matchShape: Shape<Match> = {
  method: text,
  path: text,
  pathPattern: {
    expected: 'a regular expression',
    accepts: (value) => typeof value === 'string' && isPattern(value),
  },
  query: text,
};

/** Whether a request meets the criteria. */
export type Matcher = (request: { readonly method: string; readonly target: string }) => boolean;

/** Compiles a match. Throws when its pattern is no regular expression. */
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

// A request with a broken encoding is refused elsewhere; here it is only compared.
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
