/** The schemas of addresses. */
import { z } from 'zod';
import { isLoopback } from '../loopback.ts';

const isSafe = (url: string): boolean => url.startsWith('https:') || isLoopback(new URL(url).hostname);
const address = z.url({ protocol: /^https?$/ }).transform((text) => new URL(text));

/** An origin over HTTP or HTTPS, without a path. */
export const origin = address.refine((url) => url.href === `${url.origin}/`).transform((url) => url.origin);

/** An origin over HTTPS. */
export const httpsOrigin = origin.refine((url) => url.startsWith('https:'));

/** An origin to which credentials are sent: over plain HTTP only a loopback address. */
export const safeOrigin = origin.refine(isSafe);

/** An address of origin and path only, compared as text. The data sent there is as valuable as a token. */
export const callbackUrl = address
  .refine((url) => url.href === `${url.origin}${url.pathname}` && /^[\w./~-]*$/.test(url.pathname))
  .transform((url) => url.href.replace(/\/+$/, ''))
  .refine(isSafe);
