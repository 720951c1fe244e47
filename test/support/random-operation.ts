/** A random operation, and the expected answer. */
import {
  DENIED,
  MEETINGS,
  PEOPLE,
  failed,
  given,
  listOf,
  maySee,
  maySeeTenant,
  objectOf,
  obstacle,
  recordingsOf,
  spell,
} from './visibility.ts';
import type { Answer, Caller, Meeting, Person, Recording } from './visibility.ts';

/** A source of random numbers that depend only on the seed. */
export interface Draw {
  /** An integer from 0 up to, and excluding, `bound`. */
  readonly below: (bound: number) => number;
  /** One of these. Throws if there is none. */
  readonly of: <Item>(items: readonly Item[]) => Item;
}

/** Creates a source of numbers that are the same for the same seed. */
export function createDraw(seed: number): Draw {
  let state = seed;
  const below = (bound: number): number => {
    // https://en.wikipedia.org/wiki/Linear_congruential_generator, with the numbers of Numerical Recipes.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
  return {
    below,
    of(items) {
      for (const item of items.slice(below(items.length))) return item;
      throw new Error('Expected something to choose from.');
    },
  };
}

/** A cursor after the first two items of a list: a meeting's, or the organizer's if `meeting` is null. */
export interface Cursor {
  readonly through: Person;
  readonly meeting: Meeting | null;
  readonly text: string;
}

/** The caller, the mode of access to Graph, and the cursors to use. */
export interface Asking extends Draw {
  readonly caller: Caller;
  readonly onBehalf: boolean;
  readonly cursors: readonly Cursor[];
}

/** A field of a document, and the expected answer. */
interface Piece {
  readonly field: string;
  readonly answer: Answer;
}

const RECORDING = '{ id meetingId meetingOrganizerId meeting { id } meetingOrganizer { user { displayName } } }';
const PAGE = `{ nodes ${RECORDING} pageInfo { hasNextPage } }`;

const meetingPath = (through: string, meeting: Meeting): string => `/users/${through}/onlineMeetings/${meeting.id}`;

/** Half of the time the common form, so that requests are shared, and half this caller's own. */
const written = ({ below, caller }: Asking, one: Person): string => (below(2) === 0 ? one.id : spell(one, caller));

function recordingAnswer(asking: Asking, { id, meeting }: Recording): Answer {
  const { organizer } = meeting;
  return objectOf({
    id: given(id),
    meetingId: given(meeting.id),
    meetingOrganizerId: given(organizer.id),
    meeting: obstacle(asking, organizer, meeting, meetingPath(organizer.id, meeting)) ?? given({ id: meeting.id }),
    meetingOrganizer: given({ user: { displayName: organizer.name } }),
  });
}

/** A meeting, and the person through whom it is requested: mostly an invited one. */
function address(asking: Asking): { through: Person; id: string; meeting: Meeting } {
  const meeting = asking.of(MEETINGS);
  const through = asking.of(asking.below(4) === 0 ? PEOPLE : meeting.invited);
  return { through, id: written(asking, through), meeting };
}

interface Page {
  readonly first: number;
  readonly answer: Answer;
}

/** The first of these recordings, some of them. */
function pageOf(asking: Asking, recordings: readonly Recording[]): Page {
  const first = 1 + asking.below(4);
  const nodes = recordings.slice(0, first).map((one) => recordingAnswer(asking, one));
  const pageInfo = given({ hasNextPage: recordings.length > first });
  return { first, answer: objectOf({ nodes: listOf(nodes), pageInfo }) };
}

/** A page of a list: after the cursor, if one is given. A cursor of another list is refused. */
function list(asking: Asking, through: Person, id: string, meeting: Meeting | null, cursor: Cursor | null): Piece {
  const page = pageOf(asking, recordingsOf(through, meeting).slice(cursor === null ? 0 : 2));
  const fits = cursor === null || (cursor.through === through && cursor.meeting === meeting);
  const seenAs = (field: string, beside: Readonly<Record<string, Answer>>): Answer =>
    fits ? objectOf({ ...beside, [field]: page.answer }) : failed('BAD_USER_INPUT', `.${field}`);
  const text = `(first: ${page.first}${cursor === null ? '' : `, after: "${cursor.text}"`}) ${PAGE}`;
  if (meeting === null) {
    return {
      field: `user(id: "${id}") { callRecordings${text} }`,
      answer: maySee(asking.caller, through) ? seenAs('callRecordings', {}) : failed(DENIED, '.callRecordings'),
    };
  }
  return {
    field: `onlineMeeting(organizerId: "${id}", id: "${meeting.id}") { organizerId recordings${text} }`,
    answer:
      obstacle(asking, through, meeting, meetingPath(id, meeting)) ?? seenAs('recordings', { organizerId: given(id) }),
  };
}

function recording(asking: Asking): Piece & { representation: string } {
  const { through, id, meeting } = address(asking);
  const it = asking.of(meeting.recordings);
  const key = `meetingOrganizerId: "${id}", meetingId: "${meeting.id}", id: "${it.id}"`;
  return {
    field: `callRecording(${key}) ${RECORDING}`,
    representation: `{ __typename: "CallRecording", ${key} }`,
    answer:
      obstacle(asking, through, meeting, `${meetingPath(id, meeting)}/recordings/${it.id}`) ??
      recordingAnswer(asking, it),
  };
}

function name(asking: Asking): Piece & { representation: string } {
  const person = asking.of(PEOPLE);
  const id = written(asking, person);
  const isSeen = asking.onBehalf || maySee(asking.caller, person);
  return {
    field: `user(id: "${id}") { id displayName }`,
    representation: `{ __typename: "User", id: "${id}" }`,
    answer: objectOf({ id: given(id), displayName: isSeen ? given(person.name) : failed(DENIED) }),
  };
}

const PIECES: readonly ((asking: Asking) => Piece)[] = [
  recording,
  name,
  function entities(asking) {
    const [one, other, user] = [recording(asking), recording(asking), name(asking)];
    return {
      field: `_entities(representations: [${one.representation}, ${other.representation}, ${user.representation}]) { ... on CallRecording ${RECORDING} ... on User { id displayName } }`,
      answer: listOf([one.answer, other.answer, user.answer]),
    };
  },
  function meetingOfDevice({ caller, of }) {
    const { id, organizer, videoTeleconferenceId } = of(MEETINGS);
    return {
      field: `onlineMeetingByVideoTeleconferenceId(videoTeleconferenceId: "${videoTeleconferenceId}") { id organizerId }`,
      answer: maySeeTenant(caller) ? given({ id, organizerId: organizer.id }) : failed(DENIED),
    };
  },
  function recordingsOfOrganizer(asking) {
    const person = asking.of(PEOPLE);
    return list(asking, person, written(asking, person), null, null);
  },
  function recordingsOfMeeting(asking) {
    const { through, id, meeting } = address(asking);
    return list(asking, through, id, meeting, null);
  },
  function goingOn(asking) {
    const cursor = asking.of(asking.cursors);
    return list(asking, cursor.through, cursor.through.id, cursor.meeting, cursor);
  },
  function goingOnElsewhere(asking) {
    const [cursor, { through, meeting }] = [asking.of(asking.cursors), asking.of(asking.cursors)];
    return list(asking, through, written(asking, through), meeting, cursor);
  },
];

export interface RandomOperation {
  readonly document: string;
  /** The expected answer. */
  readonly answer: Answer;
}

/** Requests only the recordings of one organizer: if they are denied, the whole answer is null. */
function drawList(asking: Asking): RandomOperation {
  const organizer = asking.of(PEOPLE);
  const { first, answer } = pageOf(asking, recordingsOf(organizer, null));
  return {
    document: `{ it: callRecordings(meetingOrganizerId: "${written(asking, organizer)}", first: ${first}) ${PAGE} }`,
    answer: maySee(asking.caller, organizer) ? objectOf({ it: answer }) : failed(DENIED, '.it'),
  };
}

/** Draws an operation of up to three fields, about the caller's own resources and others'. */
export function drawOperation(asking: Asking): RandomOperation {
  if (asking.below(8) === 0) return drawList(asking);
  const pieces = Array.from({ length: 1 + asking.below(3) }, () => asking.of(PIECES)(asking));
  return {
    document: `{ ${pieces.map(({ field }, index) => `it${index}: ${field}`).join(' ')} }`,
    answer: objectOf(Object.fromEntries(pieces.map(({ answer }, index) => [`it${index}`, answer]))),
  };
}
