/** Follows the log of one organizer, which this replica reads once for all its subscribers. */
import { additionAfter, joinRecords } from './catch-up.ts';
import type { Addition, CatchUpParts } from './catch-up.ts';
import { LogLostError } from './log.ts';
import type { DeltaLogState, DeltaRecord } from './log.ts';
import { isSamePosition } from './position.ts';
import type { DeltaPosition } from './position.ts';

export interface Follower {
  /** The state of the log when it was last read; null while there is none. */
  readonly state: () => DeltaLogState | null;
  /** Reads new records, once for all calls meanwhile. Resolves when that has succeeded or failed. */
  readonly readSoon: () => Promise<void>;
  /**
   * The additions after a position, as many as one event holds; null if none are known. Rejects as `additionAfter` of
   * the catch-up does.
   */
  additionAfter(parts: CatchUpParts, position: DeltaPosition): Promise<Addition | null>;
}

/** The known part of a log, without gaps: the records after `base`. */
interface Known {
  readonly base: DeltaPosition;
  readonly records: readonly DeltaRecord[];
}

/** The number of newest records kept here. */
const RECORDS_KEPT = 64;

/** Keeps the newest records of the known part. */
function newest({ base, records }: Known): Known {
  const dropped = records.at(-RECORDS_KEPT - 1);
  return dropped === undefined ? { base, records } : { base: dropped.position, records: records.slice(-RECORDS_KEPT) };
}

/** Follows a log. `onRead` is called after each read, with null or the reason of its failure. */
export function followLog(log: CatchUpParts['log'], onRead: (error: unknown) => void): Follower {
  let state: DeltaLogState | null = null;
  let known: Known | null = null;
  let reading: Promise<void> = Promise.resolve();
  let isReading = false;
  let isWanted = false;

  /** The records after a position; null also when the log has lost those before it. */
  async function recordsAfter(position: DeltaPosition): Promise<readonly DeltaRecord[] | null> {
    try {
      return await log.recordsAfterPosition(position, RECORDS_KEPT);
    } catch (error) {
      if (error instanceof LogLostError) return null;
      throw error;
    }
  }

  /** Extends the known part with new records up to the state that was found; null if those do not continue it. */
  async function continued(before: Known, found: DeltaLogState): Promise<Known | null> {
    const { epoch, number: head } = found.position;
    let { base, records } = before;
    for (;;) {
      const last = records.at(-1)?.position ?? base;
      if (last.epoch !== epoch || last.number > head) return null;
      if (last.number === head) return isSamePosition(last, found.position) ? { base, records } : null;
      const more = await recordsAfter(last);
      if (more === null || more.length === 0) return null;
      ({ base, records } = newest({
        base,
        records: [...records, ...more.filter(({ position }) => position.number <= head)],
      }));
    }
  }

  async function readOn(): Promise<void> {
    const found = await log.read();
    if (found === null) known = null;
    // No subscriber has waited for records from before this replica followed the log.
    else known = (known && (await continued(known, found))) ?? { base: found.position, records: [] };
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
      if (!isReading) reading = read();
      return reading;
    },
    async additionAfter(parts, position) {
      // Recordings that a log under reconstruction does not have yet would seem never to have existed.
      if (state?.isComplete !== true || known === null) return null;
      const positions = [known.base, ...known.records.map((record) => record.position)];
      const start = positions.findIndex((other) => isSamePosition(other, position));
      if (start !== -1) return joinRecords(known.records.slice(start));
      // Another replica may have delivered more than was read here. Then Graph need not be queried for it.
      const isAhead = position.epoch === state.log.epoch && position.number > state.log.head;
      return additionAfter(parts, position, isAhead ? ((await log.read()) ?? state) : state);
    },
  };
}
