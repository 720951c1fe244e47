/** Frames of a WebSocket that no client would send. */
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { startProcess } from '../support/process.ts';
import { openConnection } from '../support/raw.ts';

const OPENING = [
  'GET /graphql HTTP/1.1',
  'host: localhost',
  'connection: upgrade',
  'upgrade: websocket',
  'sec-websocket-version: 13',
  `sec-websocket-key: ${Buffer.alloc(16).toString('base64')}`,
  'sec-websocket-protocol: graphql-transport-ws',
  '',
  '',
].join('\r\n');

/** A complete frame: https://www.rfc-editor.org/rfc/rfc6455#section-5.2, with a mask that changes nothing. */
function frame(opcode: number, payload: readonly number[]): Buffer {
  return Buffer.from([0x80 | opcode, 0x80 | payload.length, 0, 0, 0, 0, ...payload]);
}

const TEXT = 0x1;
const PING = 0x9;
const PINGS = Buffer.concat(Array.from({ length: 900 }, () => frame(PING, [])));

it('A frame that is not UTF-8 ends its connection alone, though more comes while others wait before it', async () => {
  const gateway = await startProcess({ environment: { PORT: '0' } });
  const { graphql } = await gateway.logged('listening');
  const { origin } = new URL(String(graphql));
  const socket = await openConnection(origin);
  const closed = once(socket, 'close');
  for (const bytes of [OPENING, PINGS, frame(TEXT, [0xff]), frame(TEXT, [0x61, 0x62])]) {
    const answered = once(socket, 'data');
    socket.write(bytes);
    // Each is a chunk of its own for the gateway, while it still handles the pings.
    await Promise.race([answered, closed]);
  }
  socket.resume();
  await closed;
  expect((await fetch(`${origin}/healthz`)).status).toBe(200);
});
