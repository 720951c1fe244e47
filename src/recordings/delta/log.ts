/**
 * The log of an organizer's new recordings, in the order in which they were found. Replicas share it. It has each
 * recording once, however often Graph repeats it.
 */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { callRecording } from '../../msgraph/resources/call-recording.ts';
import { onlyKnown } from '../../msgraph/resources/resource.ts';
import type { LogRecord, LogState, Store } from '../../store/store.ts';
import { toCallRecording } from '../call-recording.ts';
import type { CallRecording } from '../call-recording.ts';
import { announce } from './message.ts';
import { BEGINNING, addToFingerprint, isSamePosition, nameOf } from './position.ts';
import type { DeltaPosition } from './position.ts';

/** The state of the log. */
export interface DeltaLogState {
  /** After its last record. From its cursor Graph returns the rest, possibly with repeats of what is in the log. */
  readonly position: DeltaPosition;
  /** Whether a round from the beginning has been completed, so that nothing older is missing. */
  readonly isComplete: boolean;
  /** Whether its cursor leads to all that Graph has. After an interrupted round it leads to the end of that one. */
  readonly leadsToNow: boolean;
  readonly log: LogState;
}

/** Recordings that were found together, at most `MOST_IN_RECORD`. */
export interface DeltaRecord {
  readonly added: readonly CallRecording[];
  /** The position after them. */
  readonly position: DeltaPosition;
}

/** What a page of a round adds. */
export interface DeltaLogStep {
  readonly recordings: readonly CallRecording[];
  /** Graph's cursor for what comes after the page; null for the beginning. */
  readonly cursor: string | null;
  /** Whether the page is the last of its round. */
  readonly isLast: boolean;
}

export interface DeltaLog {
  /** Reads the state; null if there is no log, or no longer. */
  read(): Promise<DeltaLogState | null>;
  /**
   * Appends a page to the log that had this state when the round began, or to one that continues it. Throws a
   * `LogLostError` if it no longer exists, and a `LeaseLostError` if another replica has the lease.
   */
  append(state: DeltaLogState | null, step: DeltaLogStep, fence: number | null): Promise<DeltaLogState>;
  /**
   * Up to `most` records after a position; null if the log does not reach back that far. Throws a `LogLostError` if the
   * position is of another log, or of records that this one has lost.
   */
  recordsAfterPosition(position: DeltaPosition, most: number): Promise<readonly DeltaRecord[] | null>;
  /** The position of a record; null when the log no longer has the record, or is another log. */
  positionOf(epoch: string, number: number): Promise<DeltaPosition | null>;
  /**
   * The number of the record that added each recording; null for recordings not in the log. Null if another log has
   * replaced it.
   */
  numbersOf(epoch: string, recordings: readonly CallRecording[]): Promise<readonly (number | null)[] | null>;
}

/** The log was lost or replaced, so work that began with it cannot continue. */
export class LogLostError extends Error {
  override readonly name = 'LogLostError';
}

/** Another replica has the lease of the rounds. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
}

const MOST_IN_RECORD = 100;

const cursorAndFingerprint = { cursor: z.string().nullable(), fingerprint: z.string() };
const stateText = z.object({
  ...cursorAndFingerprint,
  isComplete: z.boolean(),
  // An earlier version did not write it.
  leadsToNow: z.boolean().default(false),
});
const recordText = z.object({ ...cursorAndFingerprint, added: z.array(z.unknown()) });

function readState(log: LogState): DeltaLogState {
  const { isComplete, leadsToNow, ...rest } = stateText.parse(JSON.parse(log.state));
  return { log, isComplete, leadsToNow, position: { epoch: log.epoch, number: log.head, ...rest } };
}

/** Writes Graph's members only: the organizer is that of the log, unless Graph names one. */
function printRecord(added: readonly CallRecording[], behind: Pick<DeltaPosition, 'cursor' | 'fingerprint'>): string {
  return JSON.stringify({ added: added.map((recording) => onlyKnown(recording, callRecording)), ...behind });
}

/** Splits the recordings of a page into records. A page without any is one empty piece, which moves the cursor. */
function pieces(recordings: readonly CallRecording[]): (readonly CallRecording[])[] {
  const count = Math.max(1, Math.ceil(recordings.length / MOST_IN_RECORD));
  return Array.from({ length: count }, (_, index) =>
    recordings.slice(index * MOST_IN_RECORD, (index + 1) * MOST_IN_RECORD),
  );
}

/** Returns the log found instead of `expected`. Throws a `LogLostError` if it does not continue that. */
function requireSame(expected: DeltaLogState | null, found: DeltaLogState | null): DeltaLogState {
  // A round that begins a log reads everything from the beginning, so it may append to any.
  if (found !== null && (expected === null || expected.log.epoch === found.log.epoch)) return found;
  throw new LogLostError('The log of this round no longer exists.');
}

/** Opens the log of one organizer. `key` identifies it in the store. */
export function createDeltaLog(store: Store, key: string, organizerId: string): DeltaLog {
  async function read(): Promise<DeltaLogState | null> {
    const log = await store.readLog(key);
    return log === null ? null : readState(log);
  }

  async function numbersOf(
    epoch: string,
    recordings: readonly CallRecording[],
  ): Promise<readonly (number | null)[] | null> {
    return recordings.length === 0 ? [] : store.numbersOf(key, epoch, recordings.map(nameOf));
  }

  /** The recordings that the log does not have, each once. */
  async function unknownOf(
    state: DeltaLogState | null,
    recordings: readonly CallRecording[],
  ): Promise<readonly CallRecording[]> {
    const distinct = [...new Map(recordings.map((recording) => [nameOf(recording), recording])).values()];
    if (state === null) return distinct;
    const numbers = await numbersOf(state.log.epoch, distinct);
    if (numbers === null) throw new LogLostError('The log was replaced by another log.');
    return distinct.filter((_, index) => numbers[index] === null);
  }

  async function appendPiece(
    start: DeltaLogState | null,
    { recordings, cursor, isLast, leadsToNow }: DeltaLogStep & Pick<DeltaLogState, 'leadsToNow'>,
    fence: number | null,
  ): Promise<DeltaLogState> {
    for (let state = start; ;) {
      const added = await unknownOf(state, recordings);
      const names = added.map(nameOf);
      const fingerprint = addToFingerprint((state?.position ?? BEGINNING).fingerprint, names);
      const outcome = await store.append(key, {
        after: state?.log ?? null,
        fence,
        epoch: randomUUID(),
        state: JSON.stringify({ cursor, fingerprint, isComplete: isLast || state?.isComplete === true, leadsToNow }),
        record: added.length === 0 ? null : printRecord(added, { cursor, fingerprint }),
        names,
      });
      if (outcome === 'fenced') throw new LeaseLostError('Another replica has acquired the lease of the rounds.');
      if (outcome !== 'conflict') {
        if (added.length > 0) await announce(store, { key, kind: 'appended' });
        return readState(outcome);
      }
      // Another writer was faster. Recordings that it added are not added again.
      const found = requireSame(state, await read());
      // Throws if the store has lost its newest records, and with them what Graph returned before the cursor.
      if (state !== null) await recordsAfterPosition(state.position, 1);
      state = found;
    }
  }

  function readRecord(epoch: string, { number, text }: LogRecord): DeltaRecord {
    const { added, ...rest } = recordText.parse(JSON.parse(text));
    return {
      added: added.map((recording) => toCallRecording(recording, organizerId, null)),
      position: { epoch, number, ...rest },
    };
  }

  async function recordsAfterPosition(position: DeltaPosition, most: number): Promise<readonly DeltaRecord[] | null> {
    const { epoch, number } = position;
    // Includes the record at the position itself, which shows whether it is one of this log.
    const records = await store.recordsAfter(key, epoch, Math.max(0, number - 1), most + 1);
    if (records === null) {
      // That record may be gone while later ones exist. One that old was not lost recently.
      const later = await store.recordsAfter(key, epoch, number, most);
      return later?.map((record) => readRecord(epoch, record)) ?? null;
    }
    const found = records.map((record) => readRecord(epoch, record));
    if (number === 0) return found.slice(0, most);
    const [own, ...later] = found;
    if (own === undefined || !isSamePosition(own.position, position))
      throw new LogLostError('The log no longer contains the record of this position.');
    return later;
  }

  return {
    read,
    numbersOf,
    async positionOf(epoch, number) {
      const [record] = (await store.recordsAfter(key, epoch, number - 1, 1)) ?? [];
      return record === undefined ? null : readRecord(epoch, record).position;
    },
    async append(start, { recordings, cursor, isLast }, fence) {
      const all = pieces(recordings);
      let state = start;
      for (const [index, piece] of all.entries()) {
        // Only with the last piece does the log have everything before the cursor.
        const isWhole = index === all.length - 1;
        const step = isWhole
          ? { cursor, isLast, leadsToNow: isLast }
          : { cursor: state?.position.cursor ?? null, isLast: false, leadsToNow: state?.leadsToNow ?? true };
        state = await appendPiece(state, { recordings: piece, ...step }, fence);
      }
      if (state === null) throw new Error('Expected a page to have at least one piece.');
      return state;
    },
    recordsAfterPosition,
  };
}
