/** One round of change tracking: what Graph says was added goes to the log, page by page. */
import type { GraphClient } from '../../msgraph/client.ts';
import { deltaPages, isReset } from '../../msgraph/delta.ts';
import type { Operation } from '../../msgraph/operation.ts';
import { getAllRecordingsDeltaPath } from '../../msgraph/path.ts';
import { toCallRecording } from '../call-recording.ts';
import { LogLostError } from './log.ts';
import type { DeltaLog, DeltaLogState } from './log.ts';

export interface RoundParts {
  readonly client: GraphClient;
  readonly log: DeltaLog;
  readonly organizerId: string;
  readonly operation: Operation;
  /** The lease under which the round runs; null for one that needs none. */
  readonly fence: number | null;
}

/** How often a round begins anew when the log that it adds to is lost under it. */
const MAX_BEGINNINGS = 3;

/**
 * Walks a round to its end and answers with the log, which then has everything up to now. It goes on where the log says, so
 * that what a round that broke off has done stays done: it walks that one to its end, and then the next. Where Graph does not know that place any more it begins from the beginning:
 * the log knows what it has, so that nothing is repeated for that. Rejects as `GraphClient.get` and `Store` do, and with a
 * `LeaseLostError`.
 */
export async function runRound(parts: RoundParts): Promise<DeltaLogState> {
  for (let beginning = 1; ; beginning += 1) {
    try {
      return await goOn(parts);
    } catch (error) {
      if (!(error instanceof LogLostError) || beginning === MAX_BEGINNINGS) throw error;
    }
  }
}

async function goOn(parts: RoundParts): Promise<DeltaLogState> {
  const state = await parts.log.read();
  const cursor = state?.position.cursor ?? null;
  try {
    const walked = await walk(parts, state, cursor);
    return state?.leadsToNow === false ? await walk(parts, walked, walked.position.cursor) : walked;
  } catch (error) {
    if (cursor === null || !isReset(error)) throw error;
    return walk(parts, await parts.log.read(), null);
  }
}

async function walk(
  { client, log, organizerId, operation, fence }: RoundParts,
  start: DeltaLogState | null,
  cursor: string | null,
): Promise<DeltaLogState> {
  let state = start;
  for await (const { items, nextPath, isLast } of deltaPages(
    client,
    cursor ?? getAllRecordingsDeltaPath(organizerId),
    operation,
  )) {
    const recordings = items.map((item) => toCallRecording(item, organizerId, null));
    // In one step with the place from which to go on: a crash between the two would lose the one or repeat the other.
    state = await log.append(state, { recordings, cursor: nextPath, isLast }, fence);
  }
  if (state === null) throw new Error('Expected a round to have at least one page.');
  return state;
}
