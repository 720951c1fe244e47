/**
 * A tenant, those who ask for what is in it, and what has to come back to each of them: worked out from who may see what
 * (docs/security.md), and not from what the gateway does.
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
  /** Its organizer too. */
  readonly invited: readonly Person[];
  readonly recordings: readonly Recording[];
}

export interface Recording {
  readonly id: string;
  readonly meeting: Meeting;
}

export interface Caller {
  readonly person: Person;
  /** What this caller alone writes large in the ids of people. Graph does not mind, and its log tells who has asked. */
  readonly letter: string;
  readonly roles: readonly string[];
}

/** What comes back: the data, and each error as its path, its code and, where Graph has refused, the path that Graph was asked for. */
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

/** Of each person one meeting to themselves and one to which the next is invited, with seven recordings together. */
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

/** The recordings of one meeting; of all that a person organized, where it is null. */
export function recordingsOf(organizer: Person, meeting: Meeting | null): readonly Recording[] {
  return (
    meeting?.recordings ??
    MEETINGS.filter((other) => other.organizer === organizer).flatMap(({ recordings }) => recordings)
  );
}

/** Puts all of them into a tenant that is empty. */
export function fillTenant(emulator: Emulator): void {
  for (const { id, name } of PEOPLE) emulator.addUser({ id, displayName: name });
  for (const { id, videoTeleconferenceId, organizer, invited, recordings } of MEETINGS) {
    const attendeeIds = invited.filter((one) => one !== organizer).map((one) => one.id);
    emulator.addMeeting({ id, videoTeleconferenceId, organizerId: organizer.id, attendeeIds });
    for (const recording of recordings) emulator.addRecording({ id: recording.id, meetingId: id });
  }
}

/** The id of a person as only this caller writes it. */
export const spell = ({ id }: Person, { letter }: Caller): string => id.replace(letter, letter.toUpperCase());

/** Who wrote the id of a person in a path, and of whom; null where that cannot be told. */
export function writerOf(path: string): { readonly caller: Caller; readonly of: Person } | null {
  const [, id] = /^\/users\/([^/?]+)/.exec(path) ?? [];
  for (const caller of CALLERS) for (const of of PEOPLE) if (spell(of, caller) === id) return { caller, of };
  return null;
}

/** A value that has to come back, and no error. */
export const given = (data: unknown): Answer => ({ data, errors: [] });

/** The code where the gateway does not ask Graph at all, and where Graph refuses. */
export const DENIED = 'FORBIDDEN';
const REFUSED = 'FORBIDDEN';

/** Null, for a reason; where what failed cannot be null itself, `below` is its path in that which is null for it. */
export const failed = (reason: string, below = ''): Answer => ({ data: null, errors: [`${below} ${reason}`] });

const errorsUnder = (name: string | number, { errors }: Answer): string[] => errors.map((error) => `.${name}${error}`);

/** An object of what has to come back for its members. */
export function objectOf(members: Readonly<Record<string, Answer>>): Answer {
  const entries = Object.entries(members);
  return {
    data: Object.fromEntries(entries.map(([name, { data }]) => [name, data])),
    errors: entries.flatMap(([name, member]) => errorsUnder(name, member)),
  };
}

/** A list of what has to come back for its items. */
export function listOf(items: readonly Answer[]): Answer {
  return { data: items.map(({ data }) => data), errors: items.flatMap((item, index) => errorsUnder(index, item)) };
}

/** What the gateway lets a caller see where it asks as the application. */
export function maySee({ person: one, roles }: Caller, organizer: Person): boolean {
  return organizer === one || SHARED_ORGANIZERS.includes(organizer) || roles.includes(ROLE);
}

/** Whether that is everything, and what cannot be told to belong to somebody too. */
export const maySeeTenant = ({ roles }: Caller): boolean => roles.includes(ROLE);

/** What keeps a caller from something of a meeting that they ask for through a person at a path; null when nothing does. */
export function obstacle(
  { caller, onBehalf }: { readonly caller: Caller; readonly onBehalf: boolean },
  through: Person,
  meeting: Meeting,
  path: string,
): Answer | null {
  if (!onBehalf && !maySee(caller, through)) return failed(DENIED);
  const asking = onBehalf ? [through, caller.person] : [through];
  return asking.every((one) => meeting.invited.includes(one)) ? null : failed(`${REFUSED} ${path}`);
}
