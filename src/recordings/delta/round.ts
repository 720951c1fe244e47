/** A round: one run of Graph's change tracking, which appends new recordings to the log page by page. */
import type { GraphClient } from '../../msgraph/client.ts';
import type { Operation } from '../../msgraph/operation.ts';
import { getAllRecordingsDeltaPath } from '../../msgraph/path.ts';
import { deltaPages, isReset } from '../../msgraph/resources/delta.ts';
import { toCallRecording } from '../call-recording.ts';
import { LogLostError } from './log.ts';
import type { DeltaLog, DeltaLogState } from './log.ts';

export interface RoundParts {
  readonly client: GraphClient;
  readonly log: DeltaLog;
  readonly organizerId: string;
  readonly operation: Operation;
  /** The fencing token of the lease under which the round runs; null for a round that needs none. */
  readonly fence: number | null;
}

/** How often a round is started if its log is lost while it runs. */
const MAX_BEGINNINGS = 3;

/**
 * Runs a round to its end and returns the log, which then has everything up to now. It continues from the log's cursor.
 * An interrupted round is finished first, and another one follows. If Graph no longer knows the cursor, the round
 * starts from the beginning, and the log skips what it has. Rejects as `GraphClient.get` and `Store` do, with a
 * `LeaseLostError`, and with a `LogLostError` if the log is lost again and again.
 */
export async function runRound(parts: RoundParts): Promise<DeltaLogState> {
  for (let beginning = 1; ; beginning += 1) {
    try {
      return await continueRound(parts);
    } catch (error) {
      if (!(error instanceof LogLostError) || beginning === MAX_BEGINNINGS) throw error;
    }
  }
}

async function continueRound(parts: RoundParts): Promise<DeltaLogState> {
  const state = await parts.log.read();
  const cursor = state?.position.cursor ?? null;
  try {
    const read = await readPages(parts, state, cursor);
    return state?.leadsToNow === false ? await readPages(parts, read, read.position.cursor) : read;
  } catch (error) {
    if (cursor === null || !isReset(error)) throw error;
    return readPages(parts, await parts.log.read(), null);
  }
}

async function readPages(
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
    // In one step with the cursor: a crash between two steps would lose recordings or repeat them.
    state = await log.append(state, { recordings, cursor: nextPath, isLast }, fence);
  }
  if (state === null) throw new Error('Expected a round to have at least one page.');
  return state;
}
