/**
 * Asking ahead: what lies below a recording or a meeting is often asked of Graph under an address that is known before Graph
 * has answered with the recording or the meeting itself. It is asked along with it then, so that both take one round
 * trip. Nothing is asked that the document does not select; where there turns out to be no such recording or meeting, it was in vain.
 */
import type { GraphQLResolveInfo } from 'graphql';
import type { CallRecording, CallRecordingAddress } from '../recordings/call-recording.ts';
import type { OnlineMeeting, OnlineMeetingAddress } from '../recordings/online-meeting.ts';
import type { Recordings } from '../recordings/recordings.ts';
import { pageArguments } from './page-arguments.ts';
import { selectedBelow } from './selection.ts';
import type { Selected } from './selection.ts';

/** What may be asked ahead, one by one. */
type Questions = () => Iterable<() => Promise<unknown>>;

/** Asks ahead, in the moment in which it is called and after everything that is wanted already. */
export type AskAhead = (questions: Questions) => void;

/** What asks for things, and ahead. */
interface Asking {
  readonly recordings: Recordings;
  readonly askAhead: AskAhead;
}

/** What cannot be asked, or is not answered, is told in its own place: what was asked for is remembered, with its failure too. */
const toldInItsPlace = (): void => {};

/** Creates what asks ahead for one operation. `mayAsk` is called before each question, and ends all when it says no. */
export function createAskAhead(mayAsk: () => boolean): AskAhead {
  let waiting: Questions[] = [];

  function ask(questions: Questions): void {
    for (const question of questions()) {
      if (!mayAsk()) return;
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

function* listsOf(
  lists: Selected,
  address: OnlineMeetingAddress,
  recordings: Recordings,
): Generator<() => Promise<unknown>, void> {
  for (const page of lists.arguments()) yield () => recordings.callRecordingsOfMeeting(address, pageArguments(page));
}

/** Asks for a meeting, and in the same moment for what is selected below it. */
export function askForOnlineMeeting(
  address: OnlineMeetingAddress,
  { recordings, askAhead }: Asking,
  info: GraphQLResolveInfo,
): Promise<OnlineMeeting | null> {
  const meeting = recordings.onlineMeeting(address);
  askAhead(() => listsOf(selectedBelow(info, 'OnlineMeeting', 'recordings'), address, recordings));
  return meeting;
}

/** Asks for a recording, and in the same moment for what is selected below it. */
export function askForCallRecording(
  address: CallRecordingAddress,
  { recordings, askAhead }: Asking,
  info: GraphQLResolveInfo,
): Promise<CallRecording | null> {
  const recording = recordings.callRecording(address);
  const { meetingOrganizerId: organizerId, meetingId: id } = address;
  askAhead(function* questions() {
    const meeting = selectedBelow(info, 'CallRecording', 'meeting');
    if (!meeting.isEmpty) yield () => recordings.onlineMeeting({ organizerId, id });
    yield* listsOf(meeting.below('recordings'), { organizerId, id }, recordings);
    const organizer = selectedBelow(info, 'CallRecording', 'meetingOrganizer').below('user');
    // Graph names nobody in a reply about recordings, so that the directory is asked.
    if (!organizer.below('displayName').isEmpty) yield () => recordings.directoryUser(organizerId);
  });
  return recording;
}
