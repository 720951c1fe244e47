/** Delivers the events of one organizer to one subscriber. */
import { unlessAborted } from '../../abort.ts';
import { GraphError } from '../../msgraph/error.ts';
import type { Addition } from './catch-up.ts';
import type { Channel } from './channel.ts';
import { isTransient } from './failure.ts';
import type { Since, FeedEvent } from './feed-event.ts';
import { BEGINNING } from './position.ts';
import type { DeltaPosition } from './position.ts';

/**
 * The position to begin at. If the log is unknown, `now` has none while the rounds fail or the store is unreachable;
 * any other start has.
 */
async function beginning(channel: Channel, since: Since, signal: AbortSignal): Promise<DeltaPosition> {
  try {
    // Otherwise older recordings would count as new.
    if (since === 'now') await unlessAborted(channel.upToNow(), signal);
    await unlessAborted(channel.ready(), signal);
  } catch (error) {
    if (since === 'now' || !isTransient(error)) throw error;
  }
  if (since === 'now') return channel.state()?.position ?? BEGINNING;
  return since === 'beginning' ? BEGINNING : since;
}

/**
 * Yields all additions after `since`, then new ones, until the signal aborts: then it rejects with its reason. It looks
 * for more only when the subscriber has taken the previous event: a slow one gets more at once, and nothing is queued
 * for it here. Rejects also if the channel never gets ready, and if the additions after `since` are not available.
 */
export async function* deliver(channel: Channel, since: Since, signal: AbortSignal): AsyncGenerator<FeedEvent, void> {
  let position = await beginning(channel, since, signal);
  // A subscriber without a token needs one, in case the connection breaks before anything is added.
  let isAwaited = since === 'now' || since === 'beginning';
  let wasBehind = false;

  let isLate = false;

  async function next(): Promise<Addition | null> {
    isLate = false;
    try {
      return await unlessAborted(channel.additionAfter(position), signal);
    } catch (error) {
      if (signal.aborted || !isTransient(error)) throw error;
      // The event says that recordings may be missing, and the next change causes another try.
      isLate = true;
      // A round may restore what the log has lost, but must not follow an error of Graph, which needs a pause.
      if (!(error instanceof GraphError)) channel.hurry();
      return null;
    }
  }

  for (;;) {
    // Taken before the query, so that no change meanwhile is missed.
    const change = channel.nextChange();
    const addition = await next();
    const isBehind = isLate || channel.isBehind();
    signal.throwIfAborted();
    if (addition !== null) ({ position } = addition);
    if (addition?.isResync === true || (addition?.added.length ?? 0) > 0 || isAwaited || isBehind !== wasBehind) {
      isAwaited = false;
      wasBehind = isBehind;
      const { added, isResync } = addition ?? { added: [], isResync: false };
      yield { added, position, isResync, isBehind, hasMore: channel.hasMoreThan(position) };
    } else if (addition === null) await unlessAborted(change, signal);
  }
}
