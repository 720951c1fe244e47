/** A TCP proxy that records all bytes. */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Tap {
  /** `127.0.0.1:…`: connections to here are forwarded to the target, and its answers returned. */
  readonly host: string;
  /** Sets the target to this port of 127.0.0.1; until then connections are cut off. */
  leadTo(port: number): void;
  sent(): string;
  answered(): string;
  /** The number of connections so far. */
  connections(): number;
}

/** Opens a tap, which ends with the test. */
export async function openTap(): Promise<Tap> {
  const sockets = new Set<Socket>();
  const sent: Buffer[] = [];
  const answered: Buffer[] = [];
  let port = 0;
  let connections = 0;

  function pass(from: Socket, to: Socket, noted: Buffer[]): void {
    sockets.add(from);
    from.on('data', (chunk: Buffer) => noted.push(chunk));
    from.pipe(to);
    // When one side ends in any way, so does the other.
    from.on('error', () => to.destroy());
    from.once('close', () => {
      sockets.delete(from);
      to.destroySoon();
    });
  }

  const server = createServer((client) => {
    connections += 1;
    if (port === 0) {
      client.destroy();
      return;
    }
    const target = connect(port, '127.0.0.1');
    pass(client, target, sent);
    pass(target, client, answered);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Expected a port.');
  return {
    host: `127.0.0.1:${address.port}`,
    leadTo(next) {
      port = next;
    },
    sent: () => Buffer.concat(sent).toString(),
    answered: () => Buffer.concat(answered).toString(),
    connections: () => connections,
  };
}
