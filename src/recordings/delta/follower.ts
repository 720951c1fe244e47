/** The log of one organizer as this replica follows it, read once for everybody here who listens. */
import { additionAfter, joinRecords } from './catch-up.ts';
import type { Addition, CatchUpParts } from './catch-up.ts';
import { LogLostError } from './log.ts';
import type { DeltaLogState, DeltaRecord } from './log.ts';
import { isSamePosition } from './position.ts';
import type { DeltaPosition } from './position.ts';

export interface Follower {
  /** Where the log stood when it was read last; null while there is none. */
  readonly state: () => DeltaLogState | null;
  /** Reads on, soon and once, however often it is called meanwhile. Resolves when that is done, well or not. */
  readonly readSoon: () => Promise<void>;
  /** What comes after a position, as much as one answer holds; null when nothing is known to. Rejects as `additionAfter` of the catch-up does. */
  additionAfter(parts: CatchUpParts, position: DeltaPosition): Promise<Addition | null>;
}

/** What is known of a log without a gap: the records after `base`. */
interface Known {
  readonly base: DeltaPosition;
  readonly records: readonly DeltaRecord[];
}

/** So many of the newest records are kept here. */
const RECORDS_KEPT = 64;

/** The newest of what is known. */
function newest({ base, records }: Known): Known {
  const dropped = records.at(-RECORDS_KEPT - 1);
  return dropped === undefined ? { base, records } : { base: dropped.position, records: records.slice(-RECORDS_KEPT) };
}

/** Follows a log. `onRead` is told after each reading: null, or why it failed. */
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

  /** What is known of the log with what it has more, up to where it stands; null when that does not follow from it. */
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
    // Nobody has waited for what was in the log before this replica followed it.
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
      // What a log that is being made anew does not have yet would pass for what was never there.
      if (state?.isComplete !== true || known === null) return null;
      const places = [known.base, ...known.records.map((record) => record.position)];
      const place = places.findIndex((other) => isSamePosition(other, position));
      if (place !== -1) return joinRecords(known.records.slice(place));
      // Another replica may have told of more than was read here, and Graph need not be asked for it.
      const isAhead = position.epoch === state.log.epoch && position.number > state.log.head;
      return additionAfter(parts, position, isAhead ? ((await log.read()) ?? state) : state);
    },
  };
}
