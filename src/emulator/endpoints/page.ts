/** Paging: continuations, their tokens, and collections as Graph prints them. */
import { badRequest } from '../graph-error.ts';
import type { GraphCall } from '../http/exchange.ts';
import { pick } from '../tenant/seeded.ts';

/** The largest effective `$top`; a larger one counts as this. */
const largestTop = 999;

/** The position at which a list continues. Clients see it only as an opaque token. */
export interface Continuation {
  readonly offset: number;
  readonly top: number | null;
}

/**
 * The continuation in a request, or that of a list's beginning. The token may be in either query option that Graph
 * uses, `$skiptoken` or `skipToken`. https://learn.microsoft.com/en-us/graph/paging
 */
export function continuationOf(call: GraphCall): Continuation {
  const token = call.path.query.get('skiptoken');
  if (token === undefined) {
    return { offset: 0, top: topOf(call) };
  }
  const [offset, top] = decodeToken(token) ?? [];
  if (typeof offset !== 'number' || (typeof top !== 'number' && top !== null)) {
    throw badRequest('The skip token was not issued by this service.');
  }
  return { offset, top: top ?? null };
}

/** How many items the client requested with `$top`; null without it. */
export function topOf(call: GraphCall): number | null {
  const top = call.path.query.get('top');
  if (top === undefined) {
    return null;
  }
  if (!/^[1-9]\d*$/.test(top)) {
    throw badRequest(`Invalid value '${top}' for $top: it must be a whole number of at least 1.`);
  }
  return Math.min(Number(top), largestTop);
}

/** A link to the rest of a list. Its query option has either of the two names that Graph uses. */
export function nextLink(listUrl: string, continuation: Continuation): string {
  const token = encodeToken([continuation.offset, continuation.top]);
  return `${listUrl}?${pick(['$skiptoken', 'skipToken'], token)}=${token}`;
}

/** Encodes state as an opaque token. */
export function encodeToken(state: readonly (string | number | null)[]): string {
  return Buffer.from(JSON.stringify(state)).toString('base64url');
}

/** The state in a token; undefined when it is not a token of the emulator. */
export function decodeToken(token: string): readonly unknown[] | undefined {
  try {
    const state: unknown = JSON.parse(Buffer.from(token, 'base64url').toString());
    return Array.isArray(state) ? state : undefined;
  } catch {
    // Not a token: each endpoint has its own error for that.
    return undefined;
  }
}

/** The members of a collection, in the order in which Graph prints them. `@odata.count` counts only the page. */
export function collection(
  call: GraphCall,
  page: {
    readonly context: string;
    readonly values: readonly unknown[];
    readonly nextLink?: string;
    readonly deltaLink?: string;
  },
): Readonly<Record<string, unknown>> {
  const { path, request } = call;
  const withTips = page.values.length > 0 && pick([true, false, false], request.target);
  return {
    '@odata.context': `${versionRoot(call)}/$metadata#${page.context}`,
    ...(page.nextLink === undefined ? {} : { '@odata.nextLink': page.nextLink }),
    ...(page.deltaLink === undefined ? {} : { '@odata.deltaLink': page.deltaLink }),
    '@odata.count': page.values.length,
    ...(withTips
      ? { '@microsoft.graph.tips': `Request only the properties that you need: GET /${path.shape}?$select=id` }
      : {}),
    value: page.values,
  };
}

/** The origin and version that the client addressed, with which absolute links begin. */
export function versionRoot(call: GraphCall): string {
  return `${call.request.origin}/${call.path.version}`;
}
