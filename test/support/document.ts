/** Pieces of documents that are as long as a test wants them. */

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

/** So many fields of a meeting that are one token each. */
export function leaves(count: number): string {
  return repeat(count, (index) => LEAVES[index % LEAVES.length] ?? '');
}
