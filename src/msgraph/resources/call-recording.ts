/** The reader of callRecording: https://learn.microsoft.com/en-us/graph/api/resources/callrecording */
import { identitySet } from './identity-set.ts';
import { entity, key, readResource, text } from './resource.ts';
import type { Of } from './resource.ts';

export const callRecording = entity({
  id: key,
  callId: text,
  contentCorrelationId: text,
  createdDateTime: text,
  endDateTime: text,
  meetingId: text,
  meetingOrganizer: identitySet,
  recordingContentUrl: text,
});

export type CallRecordingResource = Of<typeof callRecording>;

/** Reads a callRecording. Throws a `GraphError` that names the member whose type is wrong. */
export function readCallRecording(value: unknown): CallRecordingResource {
  return readResource(callRecording, 'callRecording', value);
}
