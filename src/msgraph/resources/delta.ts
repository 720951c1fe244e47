/** Rounds of change tracking: https://learn.microsoft.com/en-us/graph/delta-query-overview */
import { isRecord } from '../../record.ts';
import type { GraphClient } from '../client.ts';
import { GraphError } from '../error.ts';
import type { Operation } from '../operation.ts';
import { requestName } from '../path.ts';
import { pages } from './collection.ts';

/** One page of a round. */
export interface DeltaPage {
  /** The items, not yet parsed, without those that were removed. Graph may repeat old ones, and guarantees no order. */
  readonly items: readonly unknown[];
  /** The path to continue at, below the version root: the rest of this round, or after its last page the next round. */
  readonly nextPath: string;
  /** Whether it ends the round. */
  readonly isLast: boolean;
}

/** https://learn.microsoft.com/en-us/graph/delta-query-overview#resource-representation-in-the-delta-query-response */
function isRemoved(item: unknown): boolean {
  return isRecord(item) && '@removed' in item;
}

/**
 * Walks a round from `path` on, which begins a round or is the `nextPath` of an earlier page. Rejects as `pages` does,
 * and with a `GraphError` when the round ends without a link to the next one.
 */
export async function* deltaPages(
  client: GraphClient,
  path: string,
  operation: Operation,
): AsyncGenerator<DeltaPage, void> {
  for await (const page of pages(client, path, operation)) {
    const nextPath = page.nextPath ?? page.deltaPath;
    if (nextPath === null) {
      throw new GraphError(
        `Microsoft Graph ended a round of change tracking at ${requestName('GET', page.path)} without a deltaLink, so the next round has no starting point.`,
        { reason: 'malformed' },
      );
    }
    // Only the annotation tells the two links apart; the names of their parameters do not.
    yield { items: page.items.filter((item) => !isRemoved(item)), nextPath, isLast: page.nextPath === null };
  }
}

/** https://learn.microsoft.com/en-us/graph/delta-query-overview#synchronization-reset */
const RESET_CODES = new Set(['resyncrequired', 'syncstateinvalid', 'syncstatenotfound']);

/**
 * Whether Graph no longer knows the link with which a round was to continue, so that tracking has to begin anew. A link
 * is followed as Graph made it, so Graph means its state when it refuses one as malformed (400), whatever the code.
 */
export function isReset(error: unknown): boolean {
  if (!(error instanceof GraphError) || error.status === null) return false;
  const isRefused = error.status === 410 || error.status === 400;
  return isRefused || (error.status < 500 && RESET_CODES.has(error.code?.toLowerCase() ?? ''));
}
