/** What the door of content answers, and links that are made as a gateway with the same keys makes them. */
import { z } from 'zod';
import { ANYBODY } from '../../src/access/caller.ts';
import { writeLinkedCaller } from '../../src/access/linked-caller.ts';
import { createContentLinks } from '../../src/recordings/content-link.ts';
import type { ContentLinks } from '../../src/recordings/content-link.ts';
import { createSeal } from '../../src/recordings/seal.ts';
import type { Recording } from './content.ts';

export const KEYS = {
  A: Buffer.from('the key A of these tests, no more'.slice(0, 32)),
  B: Buffer.from('the key B of these tests, no more'.slice(0, 32)),
};

type Keys = readonly [Buffer, ...Buffer[]];

const refusal = z.object({
  errors: z.tuple([
    z.object({
      message: z.string(),
      extensions: z.object({
        code: z.string(),
        reason: z.string().optional(),
      }),
    }),
  ]),
});

/** What came of opening a link. */
export interface Opening {
  readonly status: number;
  readonly cacheControl: string | null;
  readonly retryAfter: string | null;
  readonly message: string | null;
  readonly code: string | null;
  readonly reason: string | null;
}

/** Opens a link, reads all that comes, and tells what was said. */
export async function open(url: string, init: RequestInit = {}): Promise<Opening> {
  const response = await fetch(url, { headers: { range: 'bytes=0-9' }, ...init });
  const text = await response.text();
  const [error] = response.ok || text === '' ? [] : refusal.parse(JSON.parse(text)).errors;
  return {
    status: response.status,
    cacheControl: response.headers.get('cache-control'),
    retryAfter: response.headers.get('retry-after'),
    message: error?.message ?? null,
    code: error?.extensions.code ?? null,
    reason: error?.extensions.reason ?? null,
  };
}

const WORDS = {
  EXPIRED: 'This link has expired: ask for "content" again, which answers with a new one.',
  FOREIGN:
    'This link was made by another gateway, or with a key that is no longer in use: ask for "content" again, which answers with a new one.',
  TAMPERED: 'This link is not as it was made: give it whole and unchanged.',
} as const;

/** What is answered to a link that does not open. */
export function refusedFor(reason: keyof typeof WORDS): Opening {
  return {
    status: 403,
    cacheControl: 'private, no-store, no-transform',
    retryAfter: null,
    message: WORDS[reason],
    code: 'FORBIDDEN',
    reason,
  };
}

/** Makes and opens links as a gateway over the emulator does that has these keys. */
export function contentLinks(keys: Keys, tenant = 'emulator'): ContentLinks {
  return createContentLinks(createSeal(keys), tenant, Date);
}

/** What stands in a link to a recording for an hour, made for anybody. */
export function sealFor({ organizerId, meetingId, id }: Recording, links: ContentLinks): string {
  return links.seal({
    address: { meetingOrganizerId: organizerId, meetingId, id },
    createdDateTime: null,
    caller: writeLinkedCaller(ANYBODY, '', null),
    expiresAtMs: Date.now() + 3_600_000,
  });
}
