/** The id by which a request and its response are found in the log. */
import type { IncomingMessage } from 'node:http';

/** Returns the request's own id, if it can be passed on to Graph as it is; otherwise a new one. */
export function requestIdOf({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[\w.:-]{1,128}$/.test(given) ? given : crypto.randomUUID();
}
