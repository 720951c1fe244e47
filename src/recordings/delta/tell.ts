/** Tells one who listens what there is to tell about one organizer. */
import { unlessAborted } from '../../abort.ts';
import { GraphError } from '../../msgraph/error.ts';
import type { Addition } from './catch-up.ts';
import type { Channel } from './channel.ts';
import { isTransient } from './failure.ts';
import { BEGINNING } from './position.ts';
import type { DeltaPosition } from './position.ts';
import type { Since, Told } from './told.ts';

/** Where to begin. Where nothing is known of the log, now cannot be said while the rounds fail or the store is away; any other place can. */
async function beginning(channel: Channel, since: Since, signal: AbortSignal): Promise<DeltaPosition> {
  try {
    // Else what was there before would pass for what comes.
    if (since === 'now') await unlessAborted(channel.upToNow(), signal);
    await unlessAborted(channel.ready(), signal);
  } catch (error) {
    if (since === 'now' || !isTransient(error)) throw error;
  }
  if (since === 'now') return channel.state()?.position ?? BEGINNING;
  return since === 'beginning' ? BEGINNING : since;
}

/**
 * Tells everything after `since`, and what comes, until the signal aborts: then it rejects with its reason. What comes next
 * is looked for only when who listens has taken what came before: who is slow gets more at once, and nothing waits for them
 * here. Rejects also when the channel never gets ready, and when what is after `since` cannot be had.
 */
export async function* tell(channel: Channel, since: Since, signal: AbortSignal): AsyncGenerator<Told, void> {
  let position = await beginning(channel, since, signal);
  // Who begins without a token needs one, for the case that the connection breaks before anything is added.
  let isAwaited = since === 'now' || since === 'beginning';
  let toldBehind = false;

  let isLate = false;

  async function next(): Promise<Addition | null> {
    isLate = false;
    try {
      return await unlessAborted(channel.additionAfter(position), signal);
    } catch (error) {
      if (signal.aborted || !isTransient(error)) throw error;
      // It is told that there may be more, and asked for again when anything changes.
      isLate = true;
      // What the log has lost a round may bring back, but a round is no answer to Graph, which asks to be left alone.
      if (!(error instanceof GraphError)) channel.hurry();
      return null;
    }
  }

  for (;;) {
    // Taken before looking, so that nothing that changes meanwhile is missed.
    const change = channel.nextChange();
    const addition = await next();
    const isBehind = isLate || channel.isBehind();
    signal.throwIfAborted();
    if (addition !== null) ({ position } = addition);
    if (addition?.isResync === true || (addition?.added.length ?? 0) > 0 || isAwaited || isBehind !== toldBehind) {
      isAwaited = false;
      toldBehind = isBehind;
      const { added, isResync } = addition ?? { added: [], isResync: false };
      yield { added, position, isResync, isBehind, hasMore: channel.hasMoreThan(position) };
    } else if (addition === null) await unlessAborted(change, signal);
  }
}
