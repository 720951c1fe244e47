/** What was added after a position: from the log, or from Graph where the log does not reach back so far. */
import type { GraphClient } from '../../msgraph/client.ts';
import { deltaPages, isReset } from '../../msgraph/delta.ts';
import type { Operation } from '../../msgraph/operation.ts';
import { getAllRecordingsDeltaPath } from '../../msgraph/path.ts';
import { toCallRecording } from '../call-recording.ts';
import type { CallRecording } from '../call-recording.ts';
import { LogLostError } from './log.ts';
import type { DeltaLog, DeltaLogState, DeltaRecord } from './log.ts';
import { BEGINNING, addToFingerprint, isSamePosition, nameOf, takeFromFingerprint } from './position.ts';
import type { DeltaPosition } from './position.ts';

/** What was added after one position and up to another. */
export interface Addition {
  readonly added: readonly CallRecording[];
  readonly position: DeltaPosition;
  /** Whether it begins from the beginning, because what is after the position cannot be told from what is before. */
  readonly isResync: boolean;
}

/** An answer has at most so many recordings, so that the time to put one together is bounded. */
export const MAX_ADDED = 200;

/** As many records as one answer holds, if there is but one recording in each. */
const RECORDS_AT_ONCE = MAX_ADDED;

/** As many of the records as one answer holds, as one. Null when there is none. */
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
  /** Lets something be asked of Graph, where that is needed. */
  readonly withOperation: WithOperation;
}

/** Does something as part of an operation, and answers with what comes of it. */
export type WithOperation = <Outcome>(work: (operation: Operation) => Promise<Outcome>) => Promise<Outcome>;

/**
 * What comes after `position` in a log that stands so, as much as one answer holds; null when that is nothing. Where the
 * log was lost since, Graph is asked from the position's own place on. Rejects as `GraphClient.get` and `Store` do, and with
 * a `LogLostError` when the log is lost meanwhile.
 */
export async function additionAfter(
  parts: CatchUpParts,
  position: DeltaPosition,
  state: DeltaLogState,
): Promise<Addition | null> {
  // The beginning is a position of every log.
  const own = position.number === 0 ? { ...BEGINNING, epoch: state.log.epoch, cursor: position.cursor } : position;
  if (own.epoch !== state.log.epoch || own.number > state.log.head) return fromGraph(parts, own, state, false);
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

/** Everything that Graph tells from a place on; null when it does not know that place any more. */
async function additionsOfGraph(
  { client, organizerId, withOperation }: CatchUpParts,
  cursor: string | null,
): Promise<CallRecording[] | null> {
  const found = new Map<string, CallRecording>();
  try {
    await withOperation(async (operation) => {
      let path = cursor ?? getAllRecordingsDeltaPath(organizerId);
      // A place in the middle of a round leads to the end of that round only. What has come since is in the next.
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
  const told = await additionsOfGraph(parts, position.cursor);
  // In its own log the numbers tell what is after a position, so that the beginning will do as well as any other place.
  const found = told ?? (isSameLog ? await additionsOfGraph(parts, null) : null);
  if (found === null) return fromBeginning(parts, state);
  const numbers = await parts.log.numbersOf(state.log.epoch, found);
  if (numbers === null) throw new LogLostError('The log was lost while Graph was asked for what it does not have.');
  // What the log does not have yet will come with the records that bring it.
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

/** What was brought up after the position, as much as one answer holds and no half of a record. */
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
  // What is not there any more, neither in the log nor in Graph, is behind it too. A record that the log still has
  // counts that in its sum, and the next catch-up compares the sums.
  const end = isAll
    ? state.position
    : ((await log.positionOf(first.position.epoch, first.position.number)) ?? first.position);
  return { added: first?.added ?? [], isResync: false, position: end };
}

/**
 * What Graph tells from the position on, without what it only repeats. A log that began anew does not know what was before
 * the position, but the position has the sum of that: what Graph tells, taken from the sum of everything, has to leave it.
 * If not, some are repeats, and most likely the oldest. Null when no choice leaves the sum, because something has been
 * deleted in Graph for instance.
 */
function withoutRepeats(
  told: readonly CallRecording[],
  position: DeltaPosition,
  state: DeltaLogState,
): readonly CallRecording[] | null {
  let rest = takeFromFingerprint(state.position.fingerprint, told.map(nameOf));
  const oldestFirst = told.toSorted((a, b) => ((a.createdDateTime ?? '') < (b.createdDateTime ?? '') ? -1 : 1));
  const repeats = new Set<CallRecording>();
  for (const recording of [null, ...oldestFirst]) {
    if (recording !== null) {
      repeats.add(recording);
      rest = addToFingerprint(rest, [nameOf(recording)]);
    }
    if (rest === position.fingerprint) return told.filter((one) => !repeats.has(one));
  }
  return null;
}

/** The first of everything that the log has, or that Graph has where the log has lost its beginning. */
async function fromBeginning(parts: CatchUpParts, state: DeltaLogState): Promise<Addition> {
  const first = await additionAfter(parts, { ...BEGINNING, epoch: state.log.epoch }, state);
  return { ...(first ?? { added: [], position: state.position }), isResync: true };
}
