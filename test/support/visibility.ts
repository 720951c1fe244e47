/**
 * A tenant, its callers, and the expected answer to each of them, derived from the access rules (docs/security.md) and
 * not from what the gateway does.
 */
import type { Emulator } from '../../src/emulator/emulator.ts';

export interface Person {
  readonly id: string;
  readonly name: string;
}

export interface Meeting {
  readonly id: string;
  readonly videoTeleconferenceId: string;
  readonly organizer: Person;
  /** Includes its organizer. */
  readonly invited: readonly Person[];
  readonly recordings: readonly Recording[];
}

export interface Recording {
  readonly id: string;
  readonly meeting: Meeting;
}

export interface Caller {
  readonly person: Person;
  /** The letter that only this caller capitalizes in ids. Graph ignores case, and its log reveals the caller. */
  readonly letter: string;
  readonly roles: readonly string[];
}

/** An answer: the data, and each error as its path, its code and, if Graph has refused, the path requested of Graph. */
export interface Answer {
  readonly data: unknown;
  readonly errors: readonly string[];
}

const ROLE = 'Recordings.Read.All';

const person = (index: number): Person => ({
  id: `abcdef00-0000-4000-8000-00000000000${index}`,
  name: `Person ${index}`,
});
const [ANNA, BEN, CLEO, SHARED, STRANGER] = [person(0), person(1), person(2), person(3), person(4)] as const;

export const PEOPLE: readonly Person[] = [ANNA, BEN, CLEO, SHARED, STRANGER];

export const SHARED_ORGANIZERS: readonly Person[] = [SHARED];

export const CALLERS: readonly Caller[] = [
  { person: ANNA, letter: 'a', roles: [] },
  { person: BEN, letter: 'b', roles: [] },
  { person: CLEO, letter: 'c', roles: [ROLE] },
];

/** For each person, a meeting alone and one to which the next is invited, with seven recordings together. */
export const MEETINGS: readonly Meeting[] = PEOPLE.flatMap((organizer, index) => {
  const next = PEOPLE[index + 1] ?? ANNA;
  return [[organizer], [organizer, next]].map((invited, nth) => {
    const id = `meeting-${index}-${nth}`;
    const recordings: Recording[] = [];
    const meeting = { id, videoTeleconferenceId: `device-${id}`, organizer, invited, recordings };
    for (const which of [0, 1, 2, 3].slice(nth)) recordings.push({ id: `recording-${which}-of-${id}`, meeting });
    return meeting;
  });
});

/** The recordings of one meeting; if it is null, of all that a person organized. */
export function recordingsOf(organizer: Person, meeting: Meeting | null): readonly Recording[] {
  return (
    meeting?.recordings ??
    MEETINGS.filter((other) => other.organizer === organizer).flatMap(({ recordings }) => recordings)
  );
}

/** Puts all of them into an empty tenant. */
export function fillTenant(emulator: Emulator): void {
  for (const { id, name } of PEOPLE) emulator.addUser({ id, displayName: name });
  for (const { id, videoTeleconferenceId, organizer, invited, recordings } of MEETINGS) {
    const attendeeIds = invited.filter((one) => one !== organizer).map((one) => one.id);
    emulator.addMeeting({ id, videoTeleconferenceId, organizerId: organizer.id, attendeeIds });
    for (const recording of recordings) emulator.addRecording({ id: recording.id, meetingId: id });
  }
}

/** The id of a person in the letter case of this caller. */
export const spell = ({ id }: Person, { letter }: Caller): string => id.replace(letter, letter.toUpperCase());

/** The caller who wrote the id of a person in a path, and the person; null if unknown. */
export function writerOf(path: string): { readonly caller: Caller; readonly of: Person } | null {
  const [, id] = /^\/users\/([^/?]+)/.exec(path) ?? [];
  for (const caller of CALLERS) for (const of of PEOPLE) if (spell(of, caller) === id) return { caller, of };
  return null;
}

/** The expected value, without an error. */
export const given = (data: unknown): Answer => ({ data, errors: [] });

/** The code if the gateway refuses, and if Graph refuses. */
export const DENIED = 'FORBIDDEN';
const REFUSED = 'FORBIDDEN';

/** Null, for a reason; if the failed field cannot be null, `below` is its path in the value that becomes null. */
export const failed = (reason: string, below = ''): Answer => ({ data: null, errors: [`${below} ${reason}`] });

const errorsUnder = (name: string | number, { errors }: Answer): string[] => errors.map((error) => `.${name}${error}`);

/** The expected object, given the answers for its members. */
export function objectOf(members: Readonly<Record<string, Answer>>): Answer {
  const entries = Object.entries(members);
  return {
    data: Object.fromEntries(entries.map(([name, { data }]) => [name, data])),
    errors: entries.flatMap(([name, member]) => errorsUnder(name, member)),
  };
}

/** The expected list, given the answers for its items. */
export function listOf(items: readonly Answer[]): Answer {
  return { data: items.map(({ data }) => data), errors: items.flatMap((item, index) => errorsUnder(index, item)) };
}

/** Whether the gateway, with application permissions, lets a caller see an organizer's recordings. */
export function maySee({ person: one, roles }: Caller, organizer: Person): boolean {
  return organizer === one || SHARED_ORGANIZERS.includes(organizer) || roles.includes(ROLE);
}

/** Whether that is everything, including resources without a known owner. */
export const maySeeTenant = ({ roles }: Caller): boolean => roles.includes(ROLE);

/** The refusal for a caller who requests part of a meeting through a person at a path; null if there is none. */
export function obstacle(
  { caller, onBehalf }: { readonly caller: Caller; readonly onBehalf: boolean },
  through: Person,
  meeting: Meeting,
  path: string,
): Answer | null {
  if (!onBehalf && !maySee(caller, through)) return failed(DENIED);
  const asking = onBehalf ? [through, caller.person] : [through];
  if (!asking.every((one) => meeting.invited.includes(one))) return failed(`${REFUSED} ${path}`);
  return onBehalf || maySee(caller, meeting.organizer) ? null : failed(DENIED);
}
