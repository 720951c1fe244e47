/** Which requests for a WebSocket are refused, and the responses to them. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyBaseLogger } from 'fastify';
import { CROSS_SITE, isCrossSite } from '../protection/cross-site.ts';
import { REBOUND } from '../protection/host-name.ts';
import type { IsOwnName } from '../protection/host-name.ts';
import type { Overload } from '../protection/overload.ts';
import { rawResponse } from '../protection/raw-response.ts';
import { COME_BACK_SECONDS, errorBody } from '../refusal.ts';
import { requestIdOf } from '../request-id.ts';

interface UpgradeEndpoint {
  readonly isOwnName: IsOwnName;
  readonly corsOrigins: readonly string[];
  readonly overload: Pick<Overload, 'refusal'>;
  readonly closing: AbortSignal;
}

interface UpgradeRefusal {
  readonly status: number;
  readonly body: ReturnType<typeof errorBody>;
  readonly headers?: Readonly<Record<string, string>>;
}

const NO_PATH = 'This path does not exist or does not support WebSocket. GraphQL is served at /graphql.';

function later(message: string, retryAfter: number): UpgradeRefusal {
  const body = errorBody(message, { code: 'OVERLOADED', retryAfter });
  return { status: 503, body, headers: { 'retry-after': String(retryAfter) } };
}

/** Returns why a request may not become a WebSocket; null if it may. */
export function upgradeRefusal(
  { url = '', headers }: IncomingMessage,
  { isOwnName, corsOrigins, overload, closing }: UpgradeEndpoint,
): UpgradeRefusal | null {
  if (URL.parse(url, 'http://-')?.pathname !== '/graphql') return { status: 404, body: errorBody(NO_PATH) };
  if (!isOwnName(headers)) return { status: 421, body: errorBody(REBOUND) };
  if (isCrossSite(headers, corsOrigins)) return { status: 403, body: errorBody(CROSS_SITE) };
  if (closing.aborted) return later('This gateway replica is shutting down. Reconnect.', COME_BACK_SECONDS);
  const error = overload.refusal('websocket');
  return error && later(error.message, error.extensions.retryAfter);
}

/** The refusal of a request that is not the handshake of a WebSocket: https://www.rfc-editor.org/rfc/rfc6455#section-4.2.1 */
export function handshakeRefusal({ method }: IncomingMessage, fault: string): UpgradeRefusal {
  const body = errorBody(`The request for a WebSocket is invalid: ${fault}. Correct the client.`);
  return method === 'GET'
    ? { status: 400, body, headers: { 'sec-websocket-version': '13' } }
    : { status: 405, body, headers: { allow: 'GET' } };
}

/** Creates the function that refuses a WebSocket and ends the connection. Every response has the headers `always`. */
export function createRefuseUpgrade(
  always: Readonly<Record<string, string>>,
  log: FastifyBaseLogger,
): (request: IncomingMessage, socket: Duplex, refusal: UpgradeRefusal) => void {
  return (request, socket, { status, body, headers }) => {
    const requestId = requestIdOf(request);
    log.info({ requestId, status }, 'refused a WebSocket connection');
    // Nothing else would ever close a half-open connection.
    socket.once('finish', () => socket.destroy());
    socket.end(rawResponse(status, body, { ...always, ...headers, 'x-request-id': requestId }));
  };
}
