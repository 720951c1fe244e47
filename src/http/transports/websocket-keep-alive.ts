/** Finds out whether the client of a WebSocket is still there. */
import type { WebSocket } from 'ws';
import type { Clock } from '../../clock.ts';
import { KEEP_ALIVE_MS } from './live.ts';

/**
 * Pings a client until its connection is closed, and ends a connection over which nothing came between two pings. A
 * paused one is not read, its pongs neither, so it is kept until it is read again.
 */
export function keepAlive(socket: WebSocket, clock: Clock): void {
  let isAlive = true;
  const noteAlive = (): void => {
    isAlive = true;
  };
  socket.on('pong', noteAlive);
  // The message that caused a pause proves more than the pong that could not be read because of it.
  socket.on('message', noteAlive);

  function ping(): void {
    if (!isAlive && !socket.isPaused) return socket.terminate();
    isAlive = socket.isPaused;
    socket.ping();
    cancel = clock.after(KEEP_ALIVE_MS, ping);
  }
  let cancel = clock.after(KEEP_ALIVE_MS, ping);
  socket.once('close', () => cancel());
}
