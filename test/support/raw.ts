/** Sends raw bytes, as no client would, and reads the whole answer. */
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** Opens a connection to an origin, which ends at the latest with the test. */
export async function openConnection(origin: string): Promise<Socket> {
  const { hostname, port } = new URL(origin);
  const socket = connect(Number(port), hostname);
  // A connection may be cut with an error or without.
  socket.on('error', () => {});
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
}

/** Sends bytes, and resolves with everything received when the other side has closed. */
export async function sendRaw(origin: string, bytes: string): Promise<string> {
  const socket = await openConnection(origin);
  let came = '';
  socket.setEncoding('latin1').on('data', (text: string) => (came += text));
  socket.write(bytes, 'latin1');
  await new Promise((resolve) => socket.once('close', resolve));
  return came;
}
