/** A TCP proxy that records all bytes. */
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { startTcpServer } from './tcp-server.ts';

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

/** Passes on and records what one side sends. */
function pass(from: Socket, to: Socket, noted: Buffer[]): void {
  from.on('data', (chunk: Buffer) => noted.push(chunk));
  from.pipe(to);
  // When one side ends in any way, so does the other.
  from.on('error', () => to.destroy());
  from.once('close', () => {
    to.destroySoon();
  });
}

/** Opens a tap, which ends with the test. */
export async function openTap(): Promise<Tap> {
  const sent: Buffer[] = [];
  const answered: Buffer[] = [];
  let port = 0;
  let connections = 0;

  const server = await startTcpServer((client) => {
    connections += 1;
    if (port === 0) {
      client.destroy();
      return;
    }
    const target = connect(port, '127.0.0.1');
    pass(client, target, sent);
    pass(target, client, answered);
  });
  return {
    host: `127.0.0.1:${server.port}`,
    leadTo(next) {
      port = next;
    },
    sent: () => Buffer.concat(sent).toString(),
    answered: () => Buffer.concat(answered).toString(),
    connections: () => connections,
  };
}
