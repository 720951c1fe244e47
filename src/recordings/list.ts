/** Lists of recordings in pages of the client's own size, whatever the size of Graph's. */
import { z } from 'zod';
import type { GraphClient } from '../msgraph/client.ts';
import { InputError } from '../msgraph/error.ts';
import type { Operation } from '../msgraph/operation.ts';
import { pathKey } from '../msgraph/path.ts';
import { readFirstPage } from '../msgraph/resources/collection.ts';
import type { Page } from '../msgraph/resources/collection.ts';
import { digestOf } from './call-recording.ts';
import type { CallRecording } from './call-recording.ts';
import type { Seal } from './seal.ts';

/** A list at Graph. */
export interface CallRecordingList {
  /** Where Graph's list begins, below the version root. Its key also identifies the list. */
  readonly path: string;
  /** Makes a recording of an item, or throws a `GraphError`. */
  toCallRecording(item: unknown): CallRecording;
}

/** The page that a client requests. */
export interface PageArguments {
  readonly first: number;
  readonly after: string | null;
}

/** A page of a list, of the client's size. */
export interface CallRecordingPage {
  readonly nodes: readonly CallRecording[];
  /** Whether Graph has more, or may have. */
  readonly hasNextPage: boolean;
  /** Creates the cursor that continues after the node at an index. */
  readonly cursorAfter: (index: number) => string;
}

/** A node of a page, and its cursor. */
export interface CallRecordingEdge {
  readonly node: CallRecording;
  readonly cursor: () => string;
}

/** One of Graph's pages, and where its nodes are in the client's page. */
interface Slice {
  readonly page: Page;
  /** The number of nodes of earlier pages. */
  readonly before: number;
  /** The index in Graph's page of the first node taken from it. */
  readonly start: number;
}

/** A decoded cursor: one of Graph's pages, and the item to continue after. */
interface ListPosition {
  readonly path: string;
  /** How many of the page's items are before the position. */
  readonly skip: number;
  /** The digest of the last of them: if the page has shifted since, the position is still after that item. */
  readonly lastDigest: string;
  /** How many of the page's items are after the position. */
  readonly left: number;
}

// Cursors of earlier versions lack the last member.
const positionText = z.tuple([z.string(), z.int().nonnegative(), z.string(), z.int().nonnegative().optional()]);

function beginningOf(path: string): ListPosition {
  return { path, skip: 0, lastDigest: '', left: 0 };
}

/** Compared only with those of the items of one page. */
function shortDigest(recording: CallRecording): string {
  return digestOf(recording).toString('base64url').slice(0, 11);
}

function sealCursor(seal: Seal, list: CallRecordingList, { path, skip, lastDigest, left }: ListPosition): string {
  return seal.seal(pathKey(list.path), JSON.stringify([path, skip, lastDigest, left]));
}

function openCursor(seal: Seal, list: CallRecordingList, cursor: string): ListPosition {
  const text = seal.open(pathKey(list.path), cursor);
  if (text === null) {
    throw new InputError(
      'The cursor in "after" does not belong to this list, or its key is no longer in use. Use the "endCursor" of a page of the same list, with the same organizer and time window, or omit "after" to start from the beginning.',
    );
  }
  const [path, skip, lastDigest, left = 0] = positionText.parse(JSON.parse(text));
  return { path, skip, lastDigest, left };
}

/**
 * The position after the item at `index`; after a page's last item the start of the next: no page is read twice.
 */
function positionAfter(page: Page, index: number, recording: CallRecording): ListPosition {
  return index === page.items.length - 1 && page.nextPath !== null
    ? beginningOf(page.nextPath)
    : {
        path: page.path,
        skip: index + 1,
        lastDigest: shortDigest(recording),
        left: page.items.length - index - 1,
      };
}

function startIndex(recordings: readonly CallRecording[], { skip, lastDigest, left }: ListPosition): number {
  if (skip === 0) return 0;
  const isLast = (recording: CallRecording): boolean => shortDigest(recording) === lastDigest;
  // If the page has not shifted, the count is right, even if the page has the same recording twice.
  if (recordings.slice(skip - 1, skip).some(isLast)) return skip;
  const last = recordings.findIndex(isLast);
  if (last !== -1) return last + 1;
  // It is gone, and perhaps others with it. The items after it moved up: by one, or as far as their number tells.
  return Math.max(0, Math.min(skip - 1, recordings.length - left));
}

function positionOf(seal: Seal, list: CallRecordingList, after: string | null): ListPosition {
  return after === null ? beginningOf(list.path) : openCursor(seal, list, after);
}

/**
 * Graph's path where a page begins, below the version root. Throws an `InputError` when `after` is not a cursor of this
 * list.
 */
export function beginningOfPage(seal: Seal, list: CallRecordingList, after: string | null): string {
  return positionOf(seal, list, after).path;
}

/**
 * Reads one page of a list. Throws an `InputError` when `after` is not a cursor of this list, and rejects as
 * `GraphClient.get` does when Graph fails: items read before are not returned as if they were the page.
 */
export async function readCallRecordings(
  client: GraphClient,
  operation: Operation,
  seal: Seal,
  list: CallRecordingList,
  { first, after }: PageArguments,
): Promise<CallRecordingPage> {
  let position = positionOf(seal, list, after);
  const nodes: CallRecording[] = [];
  const slices: Slice[] = [];

  function cursorAfter(index: number): string {
    const node = nodes[index];
    const slice = slices.findLast(({ before }) => before <= index);
    if (node === undefined || slice === undefined)
      throw new RangeError(`Expected the index of one of ${nodes.length} nodes, but got ${index}.`);
    return sealCursor(seal, list, positionAfter(slice.page, slice.start + index - slice.before, node));
  }

  let next: Page | null = await readFirstPage(client, position.path, operation);
  while (next !== null) {
    const page: Page = next;
    const recordings = page.items.map((item) => list.toCallRecording(item));
    const start = startIndex(recordings, position);
    const end = Math.min(recordings.length, start + first - nodes.length);
    slices.push({ page, before: nodes.length, start });
    for (const node of recordings.slice(start, end)) nodes.push(node);
    const hasNextPage = end < recordings.length || page.nextPath !== null;
    if (nodes.length === first) return { nodes, hasNextPage, cursorAfter };
    position = beginningOf(page.path);
    // oxlint-disable-next-line no-await-in-loop -- most lists have one page, for which a generator takes too long
    next = await page.next();
  }
  return { nodes, hasNextPage: false, cursorAfter };
}
