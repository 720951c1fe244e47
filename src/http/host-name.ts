/** Under which names a gateway is asked that asks nobody who they are. */
import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { errorBody } from './refusal.ts';

/** This machine by its own names. A page of a browser cannot have any of them for its own, unless it is from here. */
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/;

/** Whether an address or a name is this machine's, and so leads nobody else here. */
export function isLoopbackName(name: string): boolean {
  return LOOPBACK.test(name);
}

/** Whether a request was sent under a name that is this gateway's. */
export type IsOwnName = (headers: IncomingHttpHeaders) => boolean;

interface Naming {
  /** The address to listen on. */
  readonly host: string;
  /** The origin under which it is reached, where somebody has said. */
  readonly publicUrl: string | null;
  /** Whether callers have to say who they are. A page that has no token is refused by any name then. */
  readonly asksWhoCalls: boolean;
}

const REBOUND =
  'This gateway does not go by the name in the header "host". It is for this machine alone and asks nobody who they are, so that a page could else reach it under a name of its own. Ask it as localhost, or set PUBLIC_URL to the origin under which it is reached.';

/**
 * Creates what tells the own names from others where only this machine is listened to, and to anybody there: those of this
 * machine, and that of the public origin. A page whose name has
 * been made to lead here (https://en.wikipedia.org/wiki/DNS_rebinding) is of the same origin to its browser, which says its
 * name all the same. Browsers always say one; a request that says none is no page's.
 */
export function createIsOwnName({ host: address, publicUrl, asksWhoCalls }: Naming): IsOwnName {
  if (asksWhoCalls || !isLoopbackName(address)) return () => true;
  const publicName = publicUrl === null ? null : new URL(publicUrl).hostname;
  function isOwn(host: string): boolean {
    const name = URL.parse(`http://${host}`)?.hostname;
    return name !== undefined && (isLoopbackName(name) || name === publicName);
  }

  let lastOwn: string | null = null;
  return ({ host }) => {
    // Who asks once asks again, by the same name.
    if (host === undefined || host === lastOwn) return true;
    if (!isOwn(host)) return false;
    lastOwn = host;
    return true;
  };
}

/** Refuses, before any door, what was sent under a name that is not this gateway's. */
export function refuseOtherNames(app: FastifyInstance, isOwnName: IsOwnName): void {
  app.addHook('onRequest', async (request, reply) => {
    if (isOwnName(request.headers)) return;
    // https://www.rfc-editor.org/rfc/rfc9110#name-421-misdirected-request
    await reply.code(421).send(errorBody(REBOUND));
  });
}
