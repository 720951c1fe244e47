/**
 * Prefetching: the address of what a document selects below a recording or a meeting is often known before Graph has
 * returned the recording or the meeting. Both are then requested together, in one round trip. Only what the document
 * selects is requested; if the recording or meeting does not exist, the request was wasted.
 */
import type { FieldNode, GraphQLResolveInfo } from 'graphql';
import type { CallRecording, CallRecordingAddress } from '../../recordings/call-recording.ts';
import type { OnlineMeeting, OnlineMeetingAddress } from '../../recordings/online-meeting.ts';
import type { Recordings } from '../../recordings/recordings.ts';
import { pageArguments } from '../arguments/page-arguments.ts';
import { selectedBelow } from './selection.ts';
import type { Selected } from './selection.ts';

/** One request to prefetch: a key, the same for equal requests, and the function that sends it. */
type PrefetchRequest = readonly [key: string, send: () => Promise<unknown>];

/** Lists the requests that may be prefetched. It is lazy, because the iteration may stop early. */
type PrefetchRequests = () => Iterable<PrefetchRequest>;

/** Schedules a prefetch for the current turn of the event loop, after all requests that are needed already. */
export type Prefetch = (requests: PrefetchRequests) => void;

/** The part of the context that loads and prefetches. */
interface LoadingContext {
  readonly recordings: Recordings;
  readonly prefetch: Prefetch;
}

/** Ignores a failed prefetch: `recordings` remembers the failure, and the resolver of the selected field reports it. */
const ignoreFailure = (): void => {};

/**
 * Creates the prefetcher of one operation, which sends each request once. It calls `mayAsk` before each new request,
 * and skips the rest of the list when that returns false.
 */
export function createPrefetch(mayAsk: () => boolean): Prefetch {
  const sent = new Set<string>();
  let scheduled: PrefetchRequests[] = [];

  function sendNew(requests: PrefetchRequests): void {
    for (const [key, send] of requests()) {
      // A hundred recordings of one meeting would request that meeting a hundred times.
      if (sent.has(key)) continue;
      if (!mayAsk()) return;
      sent.add(key);
      Promise.try(send).catch(ignoreFailure);
    }
  }

  function sendScheduled(): void {
    const all = scheduled;
    scheduled = [];
    for (const requests of all) Promise.try(sendNew, requests).catch(ignoreFailure);
  }

  return (requests) => {
    scheduled.push(requests);
    if (scheduled.length > 1) return;
    // DataLoader sends after the promise jobs of this turn, and the client collects until all ticks after that have
    // run.
    queueMicrotask(() => process.nextTick(sendScheduled));
  };
}

/**
 * Nodes of meeting fields, and of recording fields, below which there is nothing to prefetch. A plan has the same nodes
 * for each of hundreds of references, and for each operation.
 */
const plainMeetings = new WeakSet<readonly FieldNode[]>();
const plainRecordings = new WeakSet<readonly FieldNode[]>();

function* requestsOfLists(
  lists: Selected,
  address: OnlineMeetingAddress,
  recordings: Recordings,
): Generator<PrefetchRequest, void> {
  for (const given of lists.arguments()) {
    const page = pageArguments(given);
    yield [
      JSON.stringify(['recordings', address.organizerId, address.id, page.after]),
      () => recordings.prefetchCallRecordingsOfMeeting(address, page),
    ];
  }
}

/** Requests a meeting, and prefetches what is selected below it. */
export function loadOnlineMeeting(
  address: OnlineMeetingAddress,
  { recordings, prefetch }: LoadingContext,
  info: GraphQLResolveInfo,
): Promise<OnlineMeeting | null> {
  const meeting = recordings.onlineMeeting(address);
  if (plainMeetings.has(info.fieldNodes)) return meeting;
  prefetch(() => {
    const lists = selectedBelow(info, 'OnlineMeeting', 'recordings');
    if (lists.isEmpty) plainMeetings.add(info.fieldNodes);
    return requestsOfLists(lists, address, recordings);
  });
  return meeting;
}

function* requestsOfRecording(
  { meetingOrganizerId: organizerId, meetingId: id }: CallRecordingAddress,
  recordings: Recordings,
  info: GraphQLResolveInfo,
): Generator<PrefetchRequest, void> {
  const meeting = selectedBelow(info, 'CallRecording', 'meeting');
  const organizer = selectedBelow(info, 'CallRecording', 'meetingOrganizer').below('user').below('displayName');
  if (meeting.isEmpty && organizer.isEmpty) plainRecordings.add(info.fieldNodes);
  if (!meeting.isEmpty)
    yield [JSON.stringify(['meeting', organizerId, id]), () => recordings.onlineMeeting({ organizerId, id })];
  yield* requestsOfLists(meeting.below('recordings'), { organizerId, id }, recordings);
  // Graph leaves out names in replies about recordings, so the directory is queried.
  if (!organizer.isEmpty) yield [JSON.stringify(['user', organizerId]), () => recordings.directoryUser(organizerId)];
}

/** Requests a recording, and prefetches what is selected below it. */
export function loadCallRecording(
  address: CallRecordingAddress,
  { recordings, prefetch }: LoadingContext,
  info: GraphQLResolveInfo,
): Promise<CallRecording | null> {
  const recording = recordings.callRecording(address);
  if (!plainRecordings.has(info.fieldNodes)) prefetch(() => requestsOfRecording(address, recordings, info));
  return recording;
}
