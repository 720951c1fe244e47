/**
 * Asking ahead: what lies below a recording or a meeting is often asked of Graph under an address that is known before Graph
 * has answered with the recording or the meeting itself. It is asked along with it then, so that both take one round
 * trip. Nothing is asked that the document does not select; where there turns out to be no such recording or meeting, it was in vain.
 */
import type { GraphQLResolveInfo } from 'graphql';
import type { CallRecordingAddress } from '../recordings/call-recording.ts';
import type { OnlineMeetingAddress } from '../recordings/online-meeting.ts';
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

/** Asks for what is selected below the meeting at this address. Called when the meeting itself is asked for. */
export function askBelowOnlineMeeting(
  address: OnlineMeetingAddress,
  recordings: Recordings,
  info: GraphQLResolveInfo,
): void {
  askForLists(selectedBelow(info, 'OnlineMeeting', 'recordings'), address, recordings);
}

/** Asks for what is selected below the recording at this address. Called when the recording itself is asked for. */
export function askBelowCallRecording(
  { meetingOrganizerId: organizerId, meetingId: id }: CallRecordingAddress,
  recordings: Recordings,
  info: GraphQLResolveInfo,
): void {
  const meeting = selectedBelow(info, 'CallRecording', 'meeting');
  if (!meeting.isEmpty) ask(() => recordings.onlineMeeting({ organizerId, id }));
  askForLists(meeting.below('recordings'), { organizerId, id }, recordings);
  const organizer = selectedBelow(info, 'CallRecording', 'meetingOrganizer').below('user');
  // Graph names nobody in a reply about recordings, so that the directory is asked.
  if (!organizer.below('displayName').isEmpty) ask(() => recordings.directoryUser(organizerId));
}
