/**
 * Asking ahead: what lies below a recording or a meeting is often asked of Graph under an address that is known before Graph
 * has answered with the recording or the meeting itself. It is asked along with it then, so that both take one round
 * trip. Nothing is asked that the document does not select; where there turns out to be no such recording or meeting, it was in vain.
 */
import type { FieldNode, GraphQLResolveInfo } from 'graphql';
import type { CallRecording, CallRecordingAddress } from '../recordings/call-recording.ts';
import type { OnlineMeeting, OnlineMeetingAddress } from '../recordings/online-meeting.ts';
import type { Recordings } from '../recordings/recordings.ts';
import { pageArguments } from './page-arguments.ts';
import { selectedBelow } from './selection.ts';
import type { Selected } from './selection.ts';

/** One thing to ask: what it is, the same for all who ask for the same, and how. */
type Question = readonly [key: string, ask: () => Promise<unknown>];

/** What may be asked ahead, one by one. */
type Questions = () => Iterable<Question>;

/** Asks ahead, in the moment in which it is called and after everything that is wanted already. */
export type AskAhead = (questions: Questions) => void;

/** What asks for things, and ahead. */
interface Asking {
  readonly recordings: Recordings;
  readonly askAhead: AskAhead;
}

/** What cannot be asked, or is not answered, is told in its own place: what was asked for is remembered, with its failure too. */
const toldInItsPlace = (): void => {};

/**
 * Creates what asks ahead for one operation, each thing once. `mayAsk` is called before each that has not been asked yet, and ends
 * all when it says no.
 */
export function createAskAhead(mayAsk: () => boolean): AskAhead {
  const asked = new Set<string>();
  let waiting: Questions[] = [];

  function ask(questions: Questions): void {
    for (const [key, question] of questions()) {
      // A hundred recordings of one meeting ask for it a hundred times, and Graph is asked once.
      if (asked.has(key)) continue;
      if (!mayAsk()) return;
      asked.add(key);
      Promise.try(question).catch(toldInItsPlace);
    }
  }

  function askAll(): void {
    const all = waiting;
    waiting = [];
    for (const questions of all) Promise.try(ask, questions).catch(toldInItsPlace);
  }

  return (questions) => {
    waiting.push(questions);
    if (waiting.length > 1) return;
    // Loaders ask while the promises of the moment are kept, and the client gathers until all ticks after them are over.
    queueMicrotask(() => process.nextTick(askAll));
  };
}

/**
 * Nodes of fields below which there is nothing to ask ahead, where they become meetings and where they become recordings: a plan has the same nodes for
 * each of hundreds of references, and for each operation.
 */
const plainMeetings = new WeakSet<readonly FieldNode[]>();
const plainRecordings = new WeakSet<readonly FieldNode[]>();

function* listsOf(lists: Selected, address: OnlineMeetingAddress, recordings: Recordings): Generator<Question, void> {
  for (const page of lists.arguments())
    yield [
      JSON.stringify(['recordings', address.organizerId, address.id, page['after']]),
      () => recordings.askForCallRecordingsOfMeeting(address, pageArguments(page)),
    ];
}

/** Asks for a meeting, and in the same moment for what is selected below it. */
export function askForOnlineMeeting(
  address: OnlineMeetingAddress,
  { recordings, askAhead }: Asking,
  info: GraphQLResolveInfo,
): Promise<OnlineMeeting | null> {
  const meeting = recordings.onlineMeeting(address);
  if (plainMeetings.has(info.fieldNodes)) return meeting;
  askAhead(() => {
    const lists = selectedBelow(info, 'OnlineMeeting', 'recordings');
    if (lists.isEmpty) plainMeetings.add(info.fieldNodes);
    return listsOf(lists, address, recordings);
  });
  return meeting;
}

/** Asks for a recording, and in the same moment for what is selected below it. */
export function askForCallRecording(
  address: CallRecordingAddress,
  { recordings, askAhead }: Asking,
  info: GraphQLResolveInfo,
): Promise<CallRecording | null> {
  const recording = recordings.callRecording(address);
  if (plainRecordings.has(info.fieldNodes)) return recording;
  const { meetingOrganizerId: organizerId, meetingId: id } = address;
  askAhead(function* questions() {
    const meeting = selectedBelow(info, 'CallRecording', 'meeting');
    const organizer = selectedBelow(info, 'CallRecording', 'meetingOrganizer').below('user').below('displayName');
    if (meeting.isEmpty && organizer.isEmpty) plainRecordings.add(info.fieldNodes);
    if (!meeting.isEmpty)
      yield [JSON.stringify(['meeting', organizerId, id]), () => recordings.onlineMeeting({ organizerId, id })];
    yield* listsOf(meeting.below('recordings'), { organizerId, id }, recordings);
    // Graph names nobody in a reply about recordings, so that the directory is asked.
    if (!organizer.isEmpty) yield [JSON.stringify(['user', organizerId]), () => recordings.directoryUser(organizerId)];
  });
  return recording;
}
