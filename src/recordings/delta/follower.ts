/** The log of one organizer as this replica follows it, read once for everybody here who listens. */
import { additionAfter, joinRecords } from './catch-up.ts';
import type { Addition, CatchUpParts } from './catch-up.ts';
import type { DeltaLogState, DeltaRecord } from './log.ts';
import type { DeltaPosition } from './position.ts';

export interface Follower {
  /** Where the log stood when it was read last; null while there is none. */
  readonly state: () => DeltaLogState | null;
  /** Reads on, soon and once, however often it is called meanwhile. */
  readonly readSoon: () => void;
  /** What comes after a position, as much as one answer holds; null when nothing is known to. Rejects as `additionAfter` of the catch-up does. */
  additionAfter(parts: CatchUpParts, position: DeltaPosition): Promise<Addition | null>;
}

/** So many of the newest records are kept here. */
const RECORDS_KEPT = 64;

/** Follows a log. `onRead` is told after each reading: null, or why it failed. */
export function followLog(log: CatchUpParts['log'], onRead: (error: unknown) => void): Follower {
  let state: DeltaLogState | null = null;
  let records: readonly DeltaRecord[] = [];
  let isReading = false;
  let isWanted = false;

  async function readOn(): Promise<void> {
    const found = await log.read();
    const isSameLog = found?.log.epoch === state?.log.epoch;
    let known = isSameLog ? records : [];
    // Nobody has waited for what was in the log before this replica followed it.
    let number = (isSameLog ? state : found)?.log.head ?? 0;
    const epoch = found?.log.epoch ?? '';
    const head = found?.log.head ?? 0;
    while (number < head) {
      const more = await log.recordsAfter(epoch, number, RECORDS_KEPT);
      const last = more?.at(-1);
      // With a gap in it, what is known would pass for all that there is.
      if (!more || last === undefined) {
        known = [];
        break;
      }
      known = [...known, ...more].slice(-RECORDS_KEPT);
      number = last.position.number;
    }
    records = known;
    state = found;
  }

  async function read(): Promise<void> {
    isReading = true;
    while (isWanted) {
      isWanted = false;
      let failure: unknown = null;
      try {
        await readOn();
      } catch (error) {
        failure = error;
      }
      onRead(failure);
    }
    isReading = false;
  }

  return {
    state: () => state,
    readSoon() {
      isWanted = true;
      if (!isReading) void read();
    },
    async additionAfter(parts, position) {
      // What a log that is being made anew does not have yet would pass for what was never there.
      if (state?.isComplete !== true) return null;
      const [oldest] = records;
      const isKnown =
        position.epoch === state.log.epoch && oldest !== undefined && oldest.position.number <= position.number + 1;
      return isKnown
        ? joinRecords(records.filter((record) => record.position.number > position.number))
        : additionAfter(parts, position, state);
    },
  };
}
