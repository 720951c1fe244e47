/** Bytes as no client would send them, and all that comes back. */
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** Opens a connection to an origin that is gone at the latest when the test is over. */
export async function openConnection(origin: string): Promise<Socket> {
  const { hostname, port } = new URL(origin);
  const socket = connect(Number(port), hostname);
  // A connection that is cut may say so with an error, or without.
  socket.on('error', () => {});
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
}

/** Sends bytes, and resolves with everything that came when the other side has closed. */
export async function sendRaw(origin: string, bytes: string): Promise<string> {
  const socket = await openConnection(origin);
  let came = '';
  socket.setEncoding('latin1').on('data', (text: string) => (came += text));
  socket.write(bytes, 'latin1');
  await new Promise((resolve) => socket.once('close', resolve));
  return came;
}
