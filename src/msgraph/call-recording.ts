/** https://learn.microsoft.com/en-us/graph/api/resources/callrecording */
import { z } from 'zod';
import { identitySet } from './identity-set.ts';
import { key, readResource, text } from './resource.ts';

const callRecording = z.object({
  id: key,
  callId: text,
  contentCorrelationId: text,
  createdDateTime: text,
  endDateTime: text,
  meetingId: text,
  meetingOrganizer: identitySet,
  recordingContentUrl: text,
});

export type CallRecordingResource = z.output<typeof callRecording>;

/** Reads a callRecording. Throws a `GraphError` that names the member whose type is wrong. */
export function readCallRecording(value: unknown): CallRecordingResource {
  return readResource(callRecording, 'callRecording', value);
}
