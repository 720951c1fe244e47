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

/** Reads one page. Rejects as `GraphClient.get` does, and with a `GraphError` when the reply is no page. */
async function readPage(client: GraphClient, path: string, operation: Operation): Promise<Page> {
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
  return { path, items: value, nextPath: pathOf(nextLink), deltaPath: pathOf(deltaLink) };
}

/**
 * Reads a collection from `path` on, each page only when the one before is used up. Rejects as `GraphClient.get` does,
 * and with a `GraphError` when the links form a loop.
 */
export async function* pages(client: GraphClient, path: string, operation: Operation): AsyncGenerator<Page, void> {
  const seen = new Set<string>();
  for (let next: string | null = path; next !== null;) {
    if (seen.has(next)) {
      throw new GraphError(`The nextLinks of Microsoft Graph form a loop at ${requestName('GET', next)}.`, {
        reason: 'malformed',
      });
    }
    seen.add(next);
    const page: Page = await readPage(client, next, operation);
    yield page;
    next = page.nextPath;
  }
}
