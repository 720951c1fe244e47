/** Links to the content of recordings: sealed, so that clients can neither forge one nor read its caller. */
import { z } from 'zod';
import type { CallRecordingAddress } from './call-recording.ts';
import type { Seal } from './seal.ts';

/** A link's data. */
export interface ContentLink {
  readonly address: CallRecordingAddress;
  /** When the recording was created, for the name of its file; null if Graph does not say. */
  readonly createdDateTime: string | null;
  /** The caller it was made for, as the code that made it writes callers. */
  readonly caller: string;
  /** When it expires, in milliseconds since the epoch. */
  readonly expiresAtMs: number;
}

/** Why a link does not open: it is too old, not of this gateway, or was modified. */
export type ContentLinkFault = 'EXPIRED' | 'FOREIGN' | 'TAMPERED';

const SENTENCES: Readonly<Record<ContentLinkFault, string>> = {
  EXPIRED: 'This link has expired. Query "content" again to get a new link.',
  FOREIGN:
    'This link was created by another gateway, or with a key that is no longer in use. Query "content" again to get a new link.',
  TAMPERED: 'This link is incomplete or was modified. Use it exactly as the gateway returned it.',
};

/** A link does not open. Whether the recording exists was not checked. */
export class ContentLinkError extends Error {
  override readonly name = 'ContentLinkError';
  readonly fault: ContentLinkFault;

  constructor(fault: ContentLinkFault) {
    super(SENTENCES[fault]);
    this.fault = fault;
  }
}

export interface ContentLinks {
  /** Seals a link into a text for a URL. */
  seal(link: ContentLink): string;
  /** Opens one. Throws a `ContentLinkError` when it is not ours, or no longer valid. */
  open(sealed: string): ContentLink;
}

const content = z.tuple([
  z.string(),
  z.object({ meetingOrganizerId: z.string(), meetingId: z.string(), id: z.string() }),
  z.string().nullable(),
  z.string(),
  z.number(),
]);

/** Contains the mark, so that another key's mark in front is a change like any other. */
function purposeOf(mark: string): string {
  return `content link ${mark}`;
}

/**
 * Creates the links of one tenant. They begin with the mark of the key that sealed them, which distinguishes a foreign
 * link from a changed one.
 */
export function createContentLinks(seal: Seal, tenant: string, clock: { now(): number }): ContentLinks {
  return {
    seal({ address: { meetingOrganizerId, meetingId, id }, createdDateTime, caller, expiresAtMs }) {
      const address = { meetingOrganizerId, meetingId, id };
      const text = JSON.stringify([tenant, address, createdDateTime, caller, expiresAtMs]);
      const [mark] = seal.marks;
      return `${mark}${seal.seal(purposeOf(mark), text)}`;
    },
    open(sealed) {
      const mark = seal.marks.find((candidate) => sealed.startsWith(candidate));
      if (mark === undefined) throw new ContentLinkError(/^[\w-]{60,}$/.test(sealed) ? 'FOREIGN' : 'TAMPERED');
      const text = seal.open(purposeOf(mark), sealed.slice(mark.length));
      if (text === null) throw new ContentLinkError('TAMPERED');
      const { data } = content.safeParse(JSON.parse(text));
      if (data?.[0] !== tenant) throw new ContentLinkError('FOREIGN');
      const [, address, createdDateTime, caller, expiresAtMs] = data;
      if (clock.now() >= expiresAtMs) throw new ContentLinkError('EXPIRED');
      return { address, createdDateTime, caller, expiresAtMs };
    },
  };
}
