/** Where the content of recordings is had, as one operation of one caller asks for it. */
import DataLoader from 'dataloader';
import type { ContentFacts } from '../msgraph/content.ts';
import { InputError } from '../msgraph/error.ts';
import type { Operation } from '../msgraph/operation.ts';
import { contentPath } from '../msgraph/path.ts';
import type { CallRecording, CallRecordingAddress } from './call-recording.ts';
import type { Way } from './way.ts';

/** Makes a link for the caller that opens the content of a recording for `lifetimeMs`, or until their token ends. */
export type LinkTo = (
  address: CallRecordingAddress,
  createdDateTime: string | null,
  lifetimeMs: number,
) => Promise<{ readonly url: string; readonly expiresAtMs: number }>;

/** A link to content, and what it is to. */
export interface CallRecordingContent {
  readonly address: CallRecordingAddress;
  readonly url: string;
  readonly expirationDateTime: string;
}

export interface Contents {
  /**
   * A link to the content of a recording, good for so many seconds, null for the usual time; null where the recording has no
   * address. Rejects with what `Policy` throws, with an `InputError` for a time that is too long or none, and with a
   * `StoreError` where the link needs the store.
   */
  link(recording: CallRecording, lifetimeSeconds: number | null): Promise<CallRecordingContent | null>;
  /** What Graph says of content, asked for once for each. Rejects as `ContentClient.describe` does. */
  facts(address: CallRecordingAddress): Promise<ContentFacts>;
}

const DEFAULT_LIFETIME_SECONDS = 15 * 60;
const LONGEST_LIFETIME_SECONDS = 60 * 60;

function checkedLifetime(seconds: number): number {
  if (seconds >= 1 && seconds <= LONGEST_LIFETIME_SECONDS) return seconds;
  throw new InputError(
    `"expiresInSeconds" must be from 1 to ${LONGEST_LIFETIME_SECONDS}, but ${seconds} came. When a link has expired, ask for another.`,
  );
}

/** Creates what one operation asks for content through. */
export function createContents(parts: {
  /** The way by which single things are asked for. */
  readonly own: Way;
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
