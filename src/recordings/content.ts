/** The content of recordings for one operation of one caller: links to it, and Graph's facts about it. */
import DataLoader from 'dataloader';
import type { ContentFacts } from '../msgraph/content/content.ts';
import { InputError } from '../msgraph/error.ts';
import type { Operation } from '../msgraph/operation.ts';
import { contentPath } from '../msgraph/path.ts';
import type { CallRecording, CallRecordingAddress } from './call-recording.ts';
import type { GraphClients } from './graph-clients.ts';

/**
 * Creates a link for the caller that opens the content of a recording for `lifetimeMs`, or until the caller's token
 * expires.
 */
export type LinkTo = (
  address: CallRecordingAddress,
  createdDateTime: string | null,
  lifetimeMs: number,
) => Promise<{ readonly url: string; readonly expiresAtMs: number }>;

/** A link to the content of a recording, and the recording's address. */
export interface CallRecordingContent {
  readonly address: CallRecordingAddress;
  readonly url: string;
  readonly expirationDateTime: string;
}

export interface Contents {
  /**
   * A link to the content of a recording, valid for the given seconds, or the default time for null; null if the
   * recording has no address. Rejects with what `Policy` throws, with an `InputError` for a lifetime out of range, and
   * with a `StoreError` if the link needs the store.
   */
  link(recording: CallRecording, lifetimeSeconds: number | null): Promise<CallRecordingContent | null>;
  /** Facts about content from Graph, requested once for each recording. Rejects as `ContentClient.describe` does. */
  facts(address: CallRecordingAddress): Promise<ContentFacts>;
}

const DEFAULT_LIFETIME_SECONDS = 15 * 60;
const LONGEST_LIFETIME_SECONDS = 60 * 60;

function checkedLifetime(seconds: number): number {
  if (seconds >= 1 && seconds <= LONGEST_LIFETIME_SECONDS) return seconds;
  throw new InputError(
    `"expiresInSeconds" must be from 1 to ${LONGEST_LIFETIME_SECONDS}, but is ${seconds}. After a link has expired, query a new one.`,
  );
}

/** Creates the contents of one operation. */
export function createContents(parts: {
  /** The clients for single objects. */
  readonly own: GraphClients;
  readonly operation: Operation;
  readonly linkTo: LinkTo;
}): Contents {
  const { own, operation, linkTo } = parts;
  const facts = new DataLoader<string, ContentFacts>(
    ([path]) => Promise.all(path === undefined ? [] : [own.content.describe(path, operation)]),
    // Bytes cannot be batched.
    { batch: false },
  );

  return {
    async link({ meetingOrganizerId, meetingId, id, createdDateTime }, lifetimeSeconds) {
      const lifetimeMs = 1_000 * checkedLifetime(lifetimeSeconds ?? DEFAULT_LIFETIME_SECONDS);
      own.policy.requireOrganizer(meetingOrganizerId);
      if (meetingId === null) return null;
      const address = { meetingOrganizerId, meetingId, id };
      const { url, expiresAtMs } = await linkTo(address, createdDateTime ?? null, lifetimeMs);
      return { address, url, expirationDateTime: new Date(expiresAtMs).toISOString() };
    },
    async facts({ meetingOrganizerId, meetingId, id }) {
      own.policy.requireOrganizer(meetingOrganizerId);
      return facts.load(contentPath(meetingOrganizerId, meetingId, id));
    },
  };
}
