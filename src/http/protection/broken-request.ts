/** The response to bytes that are not an HTTP request. No endpoint sees them, and no hook runs for them. */
import type { Duplex } from 'node:stream';
import { errorBody } from '../refusal.ts';
import { rawResponse } from './raw-response.ts';

interface Refusal {
  readonly status: number;
  readonly message: string;
}

const MALFORMED: Refusal = {
  status: 400,
  message: 'The received bytes are not a valid HTTP/1.1 request. Correct the client. GraphQL is served at /graphql.',
};

/** https://nodejs.org/api/http.html#event-clienterror */
const REFUSALS: Readonly<Record<string, Refusal>> = {
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    message: 'The request took too long to arrive. Send its headers within 10 seconds and all of it within 15 seconds.',
  },
  HPE_HEADER_OVERFLOW: {
    status: 431,
    message: 'The request headers exceed the limit of 16 KiB. Remove headers that are not needed.',
  },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: {
    status: 413,
    message: 'The chunk extensions of the request body are too large. Send the body without chunk extensions.',
  },
};

/**
 * Ends a connection over which no readable request arrived. If it is still writable, it gets an error in the form that
 * GraphQL clients read.
 */
export function refuseBrokenRequest(
  { code = '' }: NodeJS.ErrnoException,
  socket: Duplex,
  headers: Readonly<Record<string, string>>,
): void {
  if (code === 'ECONNRESET' || socket.destroyed) return;
  if (socket.writable) {
    const { status, message } = REFUSALS[code] ?? MALFORMED;
    const all = { ...headers, 'x-request-id': crypto.randomUUID() };
    socket.write(rawResponse(status, errorBody(message), all));
  }
  // Without waiting for the other side, which may neither read nor close.
  socket.destroy();
}
