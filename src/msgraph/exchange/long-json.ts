/**
 * Parses long responses in pieces. V8 puts each string of 128 KiB or more on memory pages of its own, which it maps for
 * the string and unmaps soon after. For a long list that can take longer than to parse it.
 */
import { isRecord } from '../../record.ts';

/** A piece is a little longer than this, because it ends with an item. */
const PIECE_BYTES = 64 * 1_024;

/** The names of Graph's lists: of a collection, and of a batch. */
const LIST_NAMES = ['value', 'responses'];

/** Parses the items between two positions as a list. The bytes are afterwards as they were before. */
function parsePiece(bytes: Buffer, from: number, to: number): unknown {
  // The brackets replace what is around the items, because to add them to the text would copy it.
  const before = bytes[from - 1] ?? 0;
  const after = bytes[to] ?? 0;
  bytes.write('[', from - 1);
  bytes.write(']', to);
  const text = bytes.toString('utf8', from - 1, to + 1);
  bytes[from - 1] = before;
  bytes[to] = after;
  return JSON.parse(text);
}

/** The items between two positions, parsed in pieces. Throws a `SyntaxError` where a piece does not end with an item. */
function parseItems(bytes: Buffer, start: number, end: number): unknown[] {
  // The items of a list begin with the same member.
  const separator = `},${bytes.toString('utf8', start, bytes.indexOf(':', start))}:`;
  const items: unknown[] = [];
  for (let from = start; from < end;) {
    const brace = bytes.indexOf(separator, from + PIECE_BYTES);
    const to = brace === -1 ? end : brace + 1;
    const piece = parsePiece(bytes, from, to);
    if (Array.isArray(piece)) for (const item of piece) items.push(item);
    from = to + 1;
  }
  return items;
}

/** The object with the list of this name; null when it has none. Throws a `SyntaxError` when it cannot be divided. */
function parseInPieces(bytes: Buffer, name: string): unknown {
  const opening = `"${name}":[`;
  const found = bytes.indexOf(opening);
  if (found === -1) return null;
  const start = found + opening.length;
  const end = bytes.lastIndexOf('}]') + 1;
  if (end <= start) return null;
  // What is before and after the items is valid JSON without them only if they are the items of this list.
  const before: unknown = JSON.parse(`${bytes.toString('utf8', 0, start)}]}`);
  const after: unknown = JSON.parse(`{${opening}${bytes.toString('utf8', end)}`);
  if (!isRecord(before) || !isRecord(after)) return null;
  return { ...before, ...after, [name]: parseItems(bytes, start, end) };
}

/** Parses JSON as `JSON.parse` does: a long object with one of Graph's lists in pieces, anything else as a whole. */
export function parseLongJson(bytes: Buffer): unknown {
  if (bytes.length > 2 * PIECE_BYTES) {
    for (const name of LIST_NAMES) {
      try {
        const parsed = parseInPieces(bytes, name);
        if (parsed !== null) return parsed;
      } catch {
        // It is not what it seemed, or is no JSON at all, which parsing it as a whole will tell.
      }
    }
  }
  return JSON.parse(bytes.toString('utf8'));
}
