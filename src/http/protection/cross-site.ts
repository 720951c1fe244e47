/** Detects requests from pages of other sites. */
import type { IncomingHttpHeaders } from 'node:http';

/** The refusal of such a request. */
export const CROSS_SITE =
  'Requests from this origin are not allowed. The operator can allow the origin in CORS_ORIGINS.';

/**
 * Whether a request that browsers send without a preflight may come from a page of another site. Browsers state the
 * origin (https://www.w3.org/TR/fetch-metadata/). A request without it is from no browser, or from a page of ours.
 */
export function isCrossSite(headers: IncomingHttpHeaders, corsOrigins: readonly string[]): boolean {
  const { origin, host } = headers;
  const site = headers['sec-fetch-site'];
  if (origin !== undefined) return !corsOrigins.includes(origin) && URL.parse(origin)?.host !== host;
  return site !== undefined && site !== 'same-origin' && site !== 'none';
}
