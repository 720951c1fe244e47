/** The answers of the content endpoint, and links as a gateway with the same keys makes them. */
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

/** The answer to opening a link. */
export interface Opening {
  readonly status: number;
  readonly cacheControl: string | null;
  readonly retryAfter: string | null;
  readonly message: string | null;
  readonly code: string | null;
  readonly reason: string | null;
}

/** Opens a link, reads the whole answer, and gives its main facts. */
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
  EXPIRED: 'This link has expired. Query "content" again to get a new link.',
  FOREIGN:
    'This link was created by another gateway, or with a key that is no longer in use. Query "content" again to get a new link.',
  TAMPERED: 'This link is incomplete or was modified. Use it exactly as the gateway returned it.',
} as const;

/** The answer to a link that is refused. */
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

/** Makes and opens links as a gateway over the emulator with these keys does. */
export function contentLinks(keys: Keys, tenant = 'emulator'): ContentLinks {
  return createContentLinks(createSeal(keys), tenant, Date);
}

/** The sealed part of a link to a recording, for one hour and any caller. */
export function sealFor({ organizerId, meetingId, id }: Recording, links: ContentLinks): string {
  return links.seal({
    address: { meetingOrganizerId: organizerId, meetingId, id },
    createdDateTime: null,
    caller: writeLinkedCaller(ANYBODY, '', null),
    expiresAtMs: Date.now() + 3_600_000,
  });
}
