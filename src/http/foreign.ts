import type { IncomingHttpHeaders } from 'node:http';

/** What is said to who asks for such a page. */
export const FOREIGN = 'A page of this origin may not ask. The operator can allow it with CORS_ORIGINS.';

/**
 * Whether a request that browsers send without asking first may come from a page of another site. Browsers say where a
 * request comes from (https://www.w3.org/TR/fetch-metadata/); what says nothing is no browser, or one whose page is ours.
 */
export function isForeign(headers: IncomingHttpHeaders, corsOrigins: readonly string[]): boolean {
  const { origin, host } = headers;
  const site = headers['sec-fetch-site'];
  if (origin !== undefined) return !corsOrigins.includes(origin) && URL.parse(origin)?.host !== host;
  return site !== undefined && site !== 'same-origin' && site !== 'none';
}
