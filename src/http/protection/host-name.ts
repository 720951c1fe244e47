/** Refuses host names that are not of this gateway, if it does not authenticate its callers. */
import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { isLoopback } from '../../loopback.ts';
import { errorBody } from '../refusal.ts';

/** Whether a request was sent to a name of this gateway. */
export type IsOwnName = (headers: IncomingHttpHeaders) => boolean;

interface Naming {
  /** The address to listen on. */
  readonly host: string;
  /** The origin under which it is reached; null if not configured. */
  readonly publicUrl: string | null;
  /** Whether callers have to authenticate. Then a page without a token is refused under any name. */
  readonly authenticatesCallers: boolean;
}

export const REBOUND =
  'This gateway does not accept the name in the header "host". It serves only its own machine and does not authenticate callers, so it refuses other names to prevent DNS rebinding. Use localhost, or set PUBLIC_URL to the origin of the gateway.';

/**
 * Creates the check of names. If the gateway listens on this machine only and authenticates no caller, its names are
 * this machine's and the public origin's; otherwise all. A page whose name was made to lead here
 * (https://en.wikipedia.org/wiki/DNS_rebinding) has the same origin to its browser, which still sends that name.
 * Browsers always send one; a request without one is from no page.
 */
export function createIsOwnName({ host: address, publicUrl, authenticatesCallers }: Naming): IsOwnName {
  if (authenticatesCallers || !isLoopback(address)) return () => true;
  const publicName = publicUrl === null ? null : new URL(publicUrl).hostname;
  function isOwn(host: string): boolean {
    const name = URL.parse(`http://${host}`)?.hostname;
    // A web page's origin cannot have a name of this machine, unless it is served from here.
    return name !== undefined && (isLoopback(name) || name === publicName);
  }

  let lastOwn: string | null = null;
  return ({ host }) => {
    // Clients come back under the same name.
    if (host === undefined || host === lastOwn) return true;
    if (!isOwn(host)) return false;
    lastOwn = host;
    return true;
  };
}

/** Refuses, before any endpoint, requests to a name that is not this gateway's. */
export function refuseOtherNames(app: FastifyInstance, isOwnName: IsOwnName): void {
  app.addHook('onRequest', async (request, reply) => {
    if (isOwnName(request.headers)) return;
    // https://www.rfc-editor.org/rfc/rfc9110#name-421-misdirected-request
    await reply.code(421).send(errorBody(REBOUND));
  });
}
