/** A Graph that has nothing but the change tracking of one organizer, for what the emulator's never does. */
import { startListOfGraph } from './list-of-graph.ts';

export interface TrackingOfGraph {
  readonly origin: string;
  /** Adds so many recordings and gives their ids. */
  readonly record: (count: number) => string[];
  /** Deletes a recording: no round has it any more. */
  readonly remove: (id: string) => void;
  /** The next request with this in its path gets an answer that no client understands. */
  readonly failOnce: (part: string) => void;
}

/**
 * Starts one that ends with the test. Each of its rounds has what is there when the round begins, in pages of this size:
 * what is added later is in the next one.
 */
export async function startTrackingOfGraph(pageSize: number): Promise<TrackingOfGraph> {
  const recordings: { readonly id: string; isDeleted: boolean }[] = [];
  let failing: string | null = null;
  const origin = await startListOfGraph((target, own) => {
    if (failing !== null && target.includes(failing)) {
      failing = null;
      return {};
    }
    const [path = '', query = ''] = target.split('?');
    const [since = 0, until = 0, offset = 0] = (/token=(.*)/.exec(query)?.[1] ?? '').split('-').map(Number);
    const end = until === 0 ? recordings.length : until;
    const round = recordings.slice(since, end).filter(({ isDeleted }) => !isDeleted);
    const next = offset + pageSize;
    return {
      value: round
        .slice(offset, next)
        .map(({ id }) => ({ id, meetingId: 'a meeting', createdDateTime: '2026-11-23T12:00:00Z' })),
      ...(next < round.length
        ? { '@odata.nextLink': `${own}${path}?$skiptoken=${since}-${end}-${next}` }
        : { '@odata.deltaLink': `${own}${path}?$deltatoken=${end}` }),
    };
  });
  return {
    origin,
    record: (count) =>
      Array.from({ length: count }, () => {
        const id = `recording ${recordings.length + 1}`;
        recordings.push({ id, isDeleted: false });
        return id;
      }),
    remove(id) {
      for (const recording of recordings) recording.isDeleted ||= recording.id === id;
    },
    failOnce(part) {
      failing = part;
    },
  };
}
