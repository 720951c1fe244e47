/** The response to a refused WebSocket upgrade. */
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { COME_BACK_SECONDS } from '../refusal.ts';

/** Ends a connection that was to become a WebSocket with this status. */
export function refuseUpgrade(socket: Duplex, status: number): void {
  // Nothing else would ever close a half-open connection.
  socket.once('finish', () => socket.destroy());
  const wait = status === 503 ? `retry-after: ${COME_BACK_SECONDS}\r\n` : '';
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${wait}connection: close\r\ncontent-length: 0\r\n\r\n`);
}
