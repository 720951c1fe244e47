/** The response to a refused WebSocket upgrade. */
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

/** When to retry a refusal that is temporary. */
const COME_BACK_SECONDS = 5;

/** Ends a connection that was to become a WebSocket with this status. */
export function refuseUpgrade(socket: Duplex, status: number): void {
  // Nothing else would ever close a half-open connection.
  socket.once('finish', () => socket.destroy());
  const wait = status === 503 ? `retry-after: ${COME_BACK_SECONDS}\r\n` : '';
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${wait}connection: close\r\ncontent-length: 0\r\n\r\n`);
}
