/** Links to the content of recordings: sealed, so that nobody can make one, or read in one for whom it was made. */
import { z } from 'zod';
import type { CallRecordingAddress } from './call-recording.ts';
import type { Seal } from './seal.ts';

/** What a link says. */
export interface ContentLink {
  readonly address: CallRecordingAddress;
  /** When the recording was created, for the name of its file; null where Graph does not say. */
  readonly createdDateTime: string | null;
  /** For whom it was made, in the words of who made it. */
  readonly caller: string;
  /** Until when it can be opened, in milliseconds since the epoch. */
  readonly expiresAtMs: number;
}

/** Why a link does not open: it was changed on its way, is too old, or is not of this gateway. */
export type ContentLinkFault = 'EXPIRED' | 'FOREIGN' | 'TAMPERED';

const SENTENCES: Readonly<Record<ContentLinkFault, string>> = {
  EXPIRED: 'This link has expired: ask for "content" again, which answers with a new one.',
  FOREIGN:
    'This link was made by another gateway, or with a key that is no longer in use: ask for "content" again, which answers with a new one.',
  TAMPERED: 'This link is not as it was made: give it whole and unchanged.',
};

/** A link does not open. Whether there is such a recording was not looked at. */
export class ContentLinkError extends Error {
  override readonly name = 'ContentLinkError';
  readonly fault: ContentLinkFault;

  constructor(fault: ContentLinkFault) {
    super(SENTENCES[fault]);
    this.fault = fault;
  }
}

export interface ContentLinks {
  /** Makes what stands for a link in a URL. */
  seal(link: ContentLink): string;
  /** Opens one. Throws a `ContentLinkError` when it is not one of ours, or not any more. */
  open(sealed: string): ContentLink;
}

const content = z.tuple([
  z.string(),
  z.object({ meetingOrganizerId: z.string(), meetingId: z.string(), id: z.string() }),
  z.string().nullable(),
  z.string(),
  z.number(),
]);

/** With the mark in it, so that the mark of another key, put before the rest, is a change like every other. */
function purposeOf(mark: string): string {
  return `content link ${mark}`;
}

/** Creates the links of one tenant. They begin with the mark of the key that sealed them, so that a foreign one is told from one that was changed. */
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
