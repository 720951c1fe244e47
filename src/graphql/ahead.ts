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

const nobodyYet = (): void => {};

/** What is asked for is remembered, with its failure too: whoever asks for it in its own place is told. */
function ask(question: () => Promise<unknown>): void {
  Promise.try(question).catch(nobodyYet);
}

function askForLists(lists: Selected, address: OnlineMeetingAddress, recordings: Recordings): void {
  for (const page of lists.arguments()) ask(() => recordings.callRecordingsOfMeeting(address, pageArguments(page)));
}

/** Asks for a meeting, and in the same moment for what is selected below it. */
export function askForOnlineMeeting(
  address: OnlineMeetingAddress,
  recordings: Recordings,
  info: GraphQLResolveInfo,
): Promise<OnlineMeeting | null> {
  askForLists(selectedBelow(info, 'OnlineMeeting', 'recordings'), address, recordings);
  return recordings.onlineMeeting(address);
}

/** Asks for a recording, and in the same moment for what is selected below it. */
export function askForCallRecording(
  address: CallRecordingAddress,
  recordings: Recordings,
  info: GraphQLResolveInfo,
): Promise<CallRecording | null> {
  const { meetingOrganizerId: organizerId, meetingId: id } = address;
  const meeting = selectedBelow(info, 'CallRecording', 'meeting');
  if (!meeting.isEmpty) ask(() => recordings.onlineMeeting({ organizerId, id }));
  askForLists(meeting.below('recordings'), { organizerId, id }, recordings);
  const organizer = selectedBelow(info, 'CallRecording', 'meetingOrganizer').below('user');
  // Graph names nobody in a reply about recordings, so that the directory is asked.
  if (!organizer.below('displayName').isEmpty) ask(() => recordings.directoryUser(organizerId));
  return recordings.callRecording(address);
}
