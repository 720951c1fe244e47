/** Collections page by page: https://learn.microsoft.com/en-us/graph/paging */
import type { GraphClient } from '../client.ts';
import { GraphError } from '../error.ts';
import type { Operation } from '../operation.ts';
import { VERSION_ROOT, requestName } from '../path.ts';
import { entity, text } from './resource.ts';
import type { Kind } from './resource.ts';

/** One page of a collection, as Graph sent it. It may be empty and still not be the last. */
export interface Page {
  /** The path of this page, below the version root. */
  readonly path: string;
  /** The items, not yet parsed. */
  readonly items: readonly unknown[];
  /** The path of the next page, below the version root; null on the last page. */
  readonly nextPath: string | null;
  /** The path of the next round of change tracking, below the version root; null except on the last page of a round. */
  readonly deltaPath: string | null;
  /** Reads the next page, as `readFirstPage` reads the first; null after the last page. Called once. */
  readonly next: () => Promise<Page | null>;
}

const items: Kind<readonly unknown[]> = {
  expected: 'a list',
  is: (value): value is readonly unknown[] => Array.isArray(value),
};
const pageBody = entity({ value: items, '@odata.nextLink': text, '@odata.deltaLink': text });

/**
 * The path, below the version root, of a link from Graph. The link is followed whole and never taken apart. Throws a
 * `GraphError` when it leads to another origin or leaves the version root.
 */
function pathOfLink(link: string, client: GraphClient): string {
  const url = URL.parse(link, `${client.origin}${VERSION_ROOT}/`);
  // URL.parse has resolved every dot segment: a path below the root here is below it on the wire.
  if (url?.origin !== client.origin || !url.pathname.startsWith(`${VERSION_ROOT}/`)) {
    throw new GraphError(
      'Microsoft Graph returned a link that leads outside Microsoft Graph. The gateway does not follow it.',
      {
        reason: 'malformed',
      },
    );
  }
  return `${url.pathname.slice(VERSION_ROOT.length)}${url.search}`;
}

/** Reads one page, and adds its path to those of the pages before. */
async function readPage(client: GraphClient, path: string, operation: Operation, seen: Set<string>): Promise<Page> {
  if (seen.has(path)) {
    throw new GraphError(`The nextLinks of Microsoft Graph form a loop at ${requestName('GET', path)}.`, {
      reason: 'malformed',
    });
  }
  seen.add(path);
  const body = await client.get(path, operation);
  if (!pageBody.is(body)) {
    throw new GraphError(
      `The response of Microsoft Graph to ${requestName('GET', path)} is not a collection: "value" must be a list, and links must be strings.`,
      {
        reason: 'malformed',
      },
    );
  }
  const { value, '@odata.nextLink': nextLink, '@odata.deltaLink': deltaLink } = body;
  const pathOf = (link: string | null | undefined): string | null => (link ? pathOfLink(link, client) : null);
  const nextPath = pathOf(nextLink);
  return {
    path,
    items: value,
    nextPath,
    deltaPath: pathOf(deltaLink),
    next: async () => (nextPath === null ? null : readPage(client, nextPath, operation, seen)),
  };
}

/**
 * Reads the page of a collection at `path`. Rejects as `GraphClient.get` does, and with a `GraphError` when the reply is
 * no page, or the links from there on form a loop.
 */
export function readFirstPage(client: GraphClient, path: string, operation: Operation): Promise<Page> {
  return readPage(client, path, operation, new Set());
}

/** Reads a collection from `path` on, each page only when the one before is used up. Rejects as `readFirstPage` does. */
export async function* pages(client: GraphClient, path: string, operation: Operation): AsyncGenerator<Page, void> {
  let page: Page | null = await readFirstPage(client, path, operation);
  while (page !== null) {
    yield page;
    page = await page.next();
  }
}
