/** A way to somewhere that notes, byte by byte, what goes over it. */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Tap {
  /** `127.0.0.1:…`: what is sent here arrives where the tap leads, and what is answered there comes back. */
  readonly host: string;
  /** From now on leads to this port of 127.0.0.1; until then whoever connects is cut off. */
  leadTo(port: number): void;
  sent(): string;
  answered(): string;
  /** How often it was connected to. */
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
    // However the one side ends, so does the other.
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
