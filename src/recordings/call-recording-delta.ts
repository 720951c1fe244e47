/** The new recordings of an organizer as clients see them: an event of the feed, with a token instead of a position. */
import type { CallRecording } from './call-recording.ts';
import type { FeedEvent } from './delta/feed-event.ts';
import type { DeltaTokens } from './delta/position.ts';

/** New recordings of an organizer, and the token to continue from. */
export interface CallRecordingDelta {
  readonly added: readonly CallRecording[];
  readonly behind: boolean;
  readonly hasMore: boolean;
  readonly resync: boolean;
  readonly token: string;
}

/** Converts an event of the feed, with the token of its position. */
export function toDelta(
  tokens: DeltaTokens,
  organizerId: string,
  { added, hasMore, isBehind, isResync, position }: FeedEvent,
): CallRecordingDelta {
  return { added, behind: isBehind, hasMore, resync: isResync, token: tokens.seal(organizerId, position) };
}

/** The same for a stream, which may last for days: it does not reference the operation that began it. */
export async function* toDeltas(
  tokens: DeltaTokens,
  organizerId: string,
  stream: AsyncIterable<FeedEvent>,
): AsyncGenerator<CallRecordingDelta, void> {
  for await (const event of stream) yield toDelta(tokens, organizerId, event);
}
