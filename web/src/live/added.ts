/** Applying live events to a list. */
import { keyOf } from '../graphql/key.ts';
import type { RecordingKey } from '../graphql/key.ts';

/** The relevant part of an answered list. */
interface List<Recording> {
  readonly callRecordings: { readonly nodes: readonly Recording[] };
}

/** The keys of added recordings that are not in the list yet. */
export function newKeys(list: List<RecordingKey>, added: readonly RecordingKey[]): string[] {
  const known = new Set(list.callRecordings.nodes.map(keyOf));
  return added.map(keyOf).filter((key) => !known.has(key));
}

/**
 * A list with the added recordings, each once. An event may repeat a listed recording: one added between the token and
 * the list, or one sent just before a connection broke.
 */
export function withAdded<Recording extends RecordingKey, Whole extends List<Recording>>(
  list: Whole & List<Recording>,
  added: readonly Recording[],
): Whole {
  const told = new Set(added.map(keyOf));
  const others = list.callRecordings.nodes.filter((recording) => !told.has(keyOf(recording)));
  return { ...list, callRecordings: { ...list.callRecordings, nodes: [...added, ...others] } };
}
