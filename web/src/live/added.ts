/** What a live event does to a list. */
import { keyOf } from '../graphql/key.ts';
import type { RecordingKey } from '../graphql/key.ts';

/** A list as it was answered, as far as it matters here. */
interface List<Recording> {
  readonly callRecordings: { readonly nodes: readonly Recording[] };
}

/** The keys of what was added and is not in the list yet. */
export function newKeys(list: List<RecordingKey>, added: readonly RecordingKey[]): string[] {
  const known = new Set(list.callRecordings.nodes.map(keyOf));
  return added.map(keyOf).filter((key) => !known.has(key));
}

/**
 * A list with what was added, each recording once. What is told may be in the list already: it was added after the token was
 * had and before the list was read, or a connection broke after it was told and before that was known.
 */
export function withAdded<Recording extends RecordingKey, Whole extends List<Recording>>(
  list: Whole & List<Recording>,
  added: readonly Recording[],
): Whole {
  const told = new Set(added.map(keyOf));
  const others = list.callRecordings.nodes.filter((recording) => !told.has(keyOf(recording)));
  return { ...list, callRecordings: { ...list.callRecordings, nodes: [...added, ...others] } };
}
