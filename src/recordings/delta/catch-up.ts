/** The recordings added after a position: from the log, or from Graph if the log does not reach back that far. */
import type { GraphClient } from '../../msgraph/client.ts';
import { getAllRecordingsDeltaPath } from '../../msgraph/path.ts';
import { deltaPages, isReset } from '../../msgraph/resources/delta.ts';
import { toCallRecording } from '../call-recording.ts';
import type { CallRecording } from '../call-recording.ts';
import { LogLostError } from './log.ts';
import type { DeltaLog, DeltaLogState, DeltaRecord } from './log.ts';
import { BEGINNING, addToFingerprint, isSamePosition, nameOf, takeFromFingerprint } from './position.ts';
import type { DeltaPosition } from './position.ts';
import type { WithOperation } from './running-operations.ts';

/** The recordings added after one position, up to another. */
export interface Addition {
  readonly added: readonly CallRecording[];
  readonly position: DeltaPosition;
  /** Whether it starts over, because additions after the position cannot be distinguished from earlier ones. */
  readonly isResync: boolean;
}

/** The maximum number of recordings in one response or event, which bounds the time to compose it. */
export const MAX_ADDED = 200;

/** The maximum number of records in one response or event, reached if each has a single recording. */
const RECORDS_AT_ONCE = MAX_ADDED;

/** Joins as many of the records as one event holds. Null if there are none. */
export function joinRecords(records: readonly DeltaRecord[]): Addition | null {
  const added: CallRecording[] = [];
  let position: DeltaPosition | null = null;
  for (const record of records) {
    if (position !== null && added.length + record.added.length > MAX_ADDED) break;
    added.push(...record.added);
    ({ position } = record);
  }
  return position === null ? null : { added, position, isResync: false };
}

export interface CatchUpParts {
  readonly client: GraphClient;
  readonly log: DeltaLog;
  readonly organizerId: string;
  /** Whether the next round may restore records that the log has lost. */
  readonly mayRestore: boolean;
  /** Runs requests to Graph, if any are needed. */
  readonly withOperation: WithOperation;
}

/**
 * The additions after `position` in a log with this state, as many as one event holds; null if there are none. If the
 * log has been lost since, Graph is queried from the position's own cursor. Rejects as `GraphClient.get` and `Store`
 * do, and with a `LogLostError` if the log is lost meanwhile, or lacks records that the next round may restore.
 */
export async function additionAfter(
  parts: CatchUpParts,
  position: DeltaPosition,
  state: DeltaLogState,
): Promise<Addition | null> {
  // The beginning is a position of every log.
  const own = position.number === 0 ? { ...BEGINNING, epoch: state.log.epoch, cursor: position.cursor } : position;
  const isLost = own.epoch === state.log.epoch && own.number > state.log.head;
  if (isLost && parts.mayRestore) throw new LogLostError('The log lacks the newest records until the next round.');
  if (isLost || own.epoch !== state.log.epoch) return fromGraph(parts, own, state, false);
  if (own.number === state.log.head)
    return isSamePosition(own, state.position) ? null : fromGraph(parts, own, state, false);
  try {
    const records = await parts.log.recordsAfterPosition(own, RECORDS_AT_ONCE);
    return records === null ? await fromGraph(parts, own, state, true) : joinRecords(records);
  } catch (error) {
    if (!(error instanceof LogLostError)) throw error;
    return fromGraph(parts, own, state, false);
  }
}

/** All recordings that Graph returns from a cursor on; null if it no longer knows the cursor. */
async function additionsOfGraph(
  { client, organizerId, withOperation }: CatchUpParts,
  cursor: string | null,
): Promise<CallRecording[] | null> {
  const found = new Map<string, CallRecording>();
  try {
    await withOperation(async (operation) => {
      let path = cursor ?? getAllRecordingsDeltaPath(organizerId);
      // A cursor in the middle of a round leads only to the end of that round. Later additions are in the next.
      for (let round = 0; round < 2; round += 1) {
        for await (const { items, nextPath } of deltaPages(client, path, operation)) {
          for (const recording of items.map((item) => toCallRecording(item, organizerId, null)))
            found.set(nameOf(recording), recording);
          path = nextPath;
        }
      }
    });
  } catch (error) {
    if (cursor !== null && isReset(error)) return null;
    throw error;
  }
  return [...found.values()];
}

async function fromGraph(
  parts: CatchUpParts,
  position: DeltaPosition,
  state: DeltaLogState,
  isSameLog: boolean,
): Promise<Addition | null> {
  // The new log has exactly what was before the position, so Graph need not know the position any longer.
  if (!isSameLog && position.fingerprint === state.position.fingerprint)
    return { added: [], position: state.position, isResync: false };
  const returned = await additionsOfGraph(parts, position.cursor);
  // In the position's own log the numbers show what is after it, so the beginning will do as well as any other cursor.
  const found = returned ?? (isSameLog ? await additionsOfGraph(parts, null) : null);
  if (found === null) return fromBeginning(parts, state);
  const numbers = await parts.log.numbersOf(state.log.epoch, found);
  if (numbers === null)
    throw new LogLostError('The log was lost while the gateway read missing recordings from Microsoft Graph.');
  // Recordings that the log does not have yet come with the records that add them.
  const known = found
    .flatMap((recording, index) => {
      const number = numbers[index] ?? null;
      return number === null || number > state.log.head ? [] : [{ recording, number }];
    })
    .toSorted((a, b) => a.number - b.number);
  if (isSameLog) return numbered(parts.log, known, position, state);
  const added = withoutRepeats(
    known.map(({ recording }) => recording),
    position,
    state,
  );
  return added === null || added.length > MAX_ADDED
    ? fromBeginning(parts, state)
    : { added, position: state.position, isResync: false };
}

/** The recordings added after the position, as many as one event holds, in whole records. */
async function numbered(
  log: DeltaLog,
  known: readonly { readonly recording: CallRecording; readonly number: number }[],
  position: DeltaPosition,
  state: DeltaLogState,
): Promise<Addition> {
  const byNumber = Map.groupBy(
    known.filter(({ number }) => number > position.number),
    ({ number }) => number,
  );
  let { fingerprint } = position;
  const records = [...byNumber].map(([number, items]) => {
    const added = items.map(({ recording }) => recording);
    fingerprint = addToFingerprint(fingerprint, added.map(nameOf));
    return { added, position: { ...position, number, fingerprint } };
  });
  const first = joinRecords(records);
  const isAll = first === null || first.position.number === records.at(-1)?.position.number;
  // Recordings gone from both the log and Graph are before it too. A record that the log still has includes them in its
  // fingerprint, and the next catch-up compares the fingerprints.
  const end = isAll
    ? state.position
    : ((await log.positionOf(first.position.epoch, first.position.number)) ?? first.position);
  return { added: first?.added ?? [], isResync: false, position: end };
}

/**
 * The recordings that Graph returns from the position on, without mere repeats. A new log does not know what was before
 * the position, but the position has its fingerprint: subtracting the returned recordings from the fingerprint of
 * everything must leave it. If not, some are repeats, most likely the oldest. Null if no choice leaves it, for instance
 * because a recording has been deleted in Graph.
 */
function withoutRepeats(
  returned: readonly CallRecording[],
  position: DeltaPosition,
  state: DeltaLogState,
): readonly CallRecording[] | null {
  let rest = takeFromFingerprint(state.position.fingerprint, returned.map(nameOf));
  const oldestFirst = returned.toSorted((a, b) => ((a.createdDateTime ?? '') < (b.createdDateTime ?? '') ? -1 : 1));
  const repeats = new Set<CallRecording>();
  for (const recording of [null, ...oldestFirst]) {
    if (recording !== null) {
      repeats.add(recording);
      rest = addToFingerprint(rest, [nameOf(recording)]);
    }
    if (rest === position.fingerprint) return returned.filter((one) => !repeats.has(one));
  }
  return null;
}

/** The first of all that the log has, or that Graph has if the log has lost its beginning. */
async function fromBeginning(parts: CatchUpParts, state: DeltaLogState): Promise<Addition> {
  const first = await additionAfter(parts, { ...BEGINNING, epoch: state.log.epoch }, state);
  return { ...(first ?? { added: [], position: state.position }), isResync: true };
}
