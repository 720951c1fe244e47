/** Pieces of documents of any length. */

export function repeat(times: number, make: (index: number) => string): string {
  return Array.from({ length: times }, (_, index) => make(index)).join(' ');
}

const LEAVES = [
  'id',
  'subject',
  'joinWebUrl',
  'externalId',
  'startDateTime',
  'endDateTime',
  'meetingType',
  'organizerId',
];

/** `count` fields of a meeting, each of one token. */
export function leaves(count: number): string {
  return repeat(count, (index) => LEAVES[index % LEAVES.length] ?? '');
}
