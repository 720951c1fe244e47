import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { guid } from '../../src/emulator/tenant/seeded.ts';
import { createDrivenClock } from '../support/clock.ts';
import type { DrivenClock } from '../support/clock.ts';
import { repeat } from '../support/document.ts';
import { startGateway } from '../support/gateway.ts';
import type { TestGateway } from '../support/gateway.ts';
import { openConnection } from '../support/raw.ts';
import { besiege } from '../support/siege.ts';

const SUBPROTOCOL = 'graphql-transport-ws';
const KEY = Buffer.alloc(16).toString('base64');
const INIT = { type: 'connection_init' };

function subscribe(id: string, query: string): unknown {
  return { id, type: 'subscribe', payload: { query } };
}

async function connect({ url }: TestGateway, protocols = [SUBPROTOCOL]): Promise<WebSocket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, protocols);
  onTestFinished(() => socket.terminate());
  await once(socket, 'open');
  return socket;
}

function send(socket: WebSocket, message: unknown): void {
  socket.send(typeof message === 'string' ? message : JSON.stringify(message));
}

const LISTEN = `subscription { callRecordingDelta(meetingOrganizerId: "${guid('morrowtide', 'user', 0)}", since: "now") { token } }`;
const FIELDS = `added { ${repeat(30, (index) => `id${index}: id`)} }`;
const LISTEN_TO_MUCH = LISTEN.replace('since: "now"', 'since: null').replace('{ token }', `{ ${FIELDS} }`);
const LIST = '[';
/** A message of the protocol, but for what it brings along: 4 bytes make an object of ten times that. */
const manyObjects = {
  id: '1',
  type: 'subscribe',
  payload: { query: '{ __typename }', variables: { a: Array.from({ length: 10_000 }, () => ({})) } },
};

/** The messages sent, one after the other, and the close code of the connection. */
const ENDED: Readonly<Record<string, readonly [messages: readonly unknown[], code: number]>> = {
  'subscribes before it has sent its token': [[subscribe('1', '{ __typename }')], 4401],
  'sends its token twice': [[INIT, INIT], 4429],
  'uses one id for two operations': [[INIT, subscribe('1', LISTEN), subscribe('1', LISTEN)], 4409],
  'sends an unknown message': [[{ type: 'nothing' }], 4400],
  'sends text that is not JSON': [['{'], 4400],
  'sends very many nested lists': [[LIST.repeat(200_000)], 4400],
  'sends very many objects': [[INIT, manyObjects], 4400],
  'sends a query that is not a string': [[INIT, { id: '1', type: 'subscribe', payload: { query: {} } }], 4400],
  'sends a message that is too large': [[INIT, subscribe('1', ' '.repeat(262_145))], 1009],
};

/** The query, and part of the refusal. */
const REFUSED: Readonly<Record<string, readonly [query: string, says: string]>> = {
  'aliases for one field': [`{ ${repeat(400, (i) => `a${i}: __typename`)} }`, 'at most 30 aliases'],
  'an alias of a thousand characters': [`{ ${'a'.repeat(1_000)}: __typename }`, 'at most 100 characters in an alias'],
  'a document without an end': ['{ a '.repeat(900), 'Syntax Error'],
  'hundreds of unknown fields': [`{ user(id: "a") { ${repeat(1_500, (i) => `no${i}`)} } }`, 'Cannot query field'],
  'a subscription with @skip': [
    'subscription { callRecordingDelta(meetingOrganizerId: "a") @skip(if: true) { token } }',
    'The root of a subscription must always be one field',
  ],
};

/** An acknowledged connection over a large tenant, whose client no longer reads. */
async function connectAndTakeNothing(clock: DrivenClock): Promise<WebSocket> {
  const tenant = { users: 1, meetings: 1, recordings: 2_000 };
  const socket = await connect(await startGateway({ clock, tenant, logLevel: 'silent' }));
  send(socket, INIT);
  await once(socket, 'message');
  socket.pause();
  return socket;
}

describe('A hostile connection', () => {
  it.each(Object.entries(ENDED))('that %s is closed without delaying other callers', async (_, [messages, code]) => {
    const gateway = await startGateway({ logLevel: 'silent' });
    await besiege(gateway, async () => {
      const socket = await connect(gateway);
      const closed = once(socket, 'close');
      // A request before the acknowledgment is refused for that.
      for (const message of messages) {
        send(socket, message);
        if (message === INIT && messages.at(-1) !== INIT) await once(socket, 'message');
      }
      expect((await closed)[0]).toBe(code);
    });
  });

  it.each(Object.entries(REFUSED))('that requests %s is refused without delaying others', async (_, [query, says]) => {
    const gateway = await startGateway({ logLevel: 'silent' });
    const socket = await connect(gateway);
    const acknowledged = once(socket, 'message');
    send(socket, INIT);
    await acknowledged;
    await besiege(gateway, async () => {
      const answered = once(socket, 'message');
      send(socket, subscribe('1', query));
      const [text]: unknown[] = await answered;
      expect(String(text)).toContain(says);
      expect(JSON.parse(String(text))).toMatchObject({ type: 'error', id: '1' });
    });
  });

  it('that sends nothing is closed', async () => {
    const socket = await connect(await startGateway());
    expect((await once(socket, 'close'))[0]).toBe(4408);
  });

  it('that names no protocol is closed', async () => {
    const socket = await connect(await startGateway(), []);
    expect((await once(socket, 'close'))[0]).toBe(4406);
  });

  it('under a foreign host name is refused', async () => {
    const { url } = await startGateway();
    const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, SUBPROTOCOL, {
      headers: { host: 'a.example' },
    });
    const [error]: unknown[] = await once(socket, 'error').catch((failure: unknown) => [failure]);
    expect(String(error)).toContain('421');
  });

  it('negotiates no compression, whatever it offers', async () => {
    const socket = await connect(await startGateway());
    expect(socket.extensions).toBe('');
  });
});

describe('A flood', () => {
  it('of messages is read at the rate limit, and continues afterwards', async () => {
    const clock = createDrivenClock();
    const gateway = await startGateway({ clock, logLevel: 'silent' });
    const socket = await connect(gateway);
    let answered = 0;
    socket.on('message', () => (answered += 1));
    const text = JSON.stringify({ type: 'ping', payload: { text: 'x'.repeat(200) } });
    for (let index = 0; index < 3_000; index += 1) socket.send(text);
    await clock.waiting(50);
    // Enough turns to read whatever may be read by now.
    for (let turn = 0; turn < 5_000; turn += 1) await new Promise(setImmediate);
    const atOnce = answered;
    expect(atOnce).toBeLessThan(1_500);
    // Long enough for whatever was read beyond the limit: a chunk of 64 KiB has some 260 of these messages, for each of
    // which 50 ms have to pass.
    clock.advance(15_000);
    for (let turn = 0; turn < 5_000; turn += 1) await new Promise(setImmediate);
    expect(answered).toBeGreaterThan(atOnce);
    expect(answered).toBeLessThan(1_500);
    // A client without pongs is dropped.
    socket.terminate();
    for (let times = 0; times < 3; times += 1) clock.advance(60_000);
  });

  it('of pings whose pongs are not read ends the connection', async () => {
    const clock = createDrivenClock();
    const socket = await connectAndTakeNothing(clock);
    // Much more than the machine buffers for a connection: whatever comes behind it waits here.
    send(socket, subscribe('1', LISTEN_TO_MUCH));
    await clock.waiting(30_000);
    const closed = once(socket, 'close');
    // The client notices the close only by sending.
    while (socket.readyState === socket.OPEN) {
      for (let index = 0; index < 100; index += 1) socket.ping('x'.repeat(125), true, () => {});
      await new Promise(setImmediate);
    }
    expect((await closed)[0]).toBe(1006);
  });

  it('of answers that are not read ends the connection', async () => {
    const clock = createDrivenClock();
    const socket = await connectAndTakeNothing(clock);
    const closed = once(socket, 'close');
    for (let id = 0; id < 100; id += 1) send(socket, subscribe(String(id), LISTEN_TO_MUCH));
    // The client notices the close only by sending, and a pong causes no answer.
    while (socket.readyState === socket.OPEN) {
      socket.pong('', true, () => {});
      await new Promise(setImmediate);
    }
    expect((await closed)[0]).toBe(1006);
  });

  it('of pings in one chunk is handled over thousands of turns of the event loop', async () => {
    const gateway = await startGateway({ logLevel: 'silent' });
    const socket = await openConnection(gateway.url);
    const opening = [
      'connection: upgrade',
      'upgrade: websocket',
      'sec-websocket-version: 13',
      `sec-websocket-key: ${KEY}`,
    ];
    const head = [
      'GET /graphql HTTP/1.1',
      'host: localhost',
      ...opening,
      `sec-websocket-protocol: ${SUBPROTOCOL}`,
      '',
      '',
    ];
    const ping = Buffer.from([0x89, 0x80, 0, 0, 0, 0]);
    const opened = once(socket, 'data');
    socket.write(head.join('\r\n'));
    await opened;
    const openedAfter = socket.bytesRead;
    socket.resume();
    let turns = 0;
    socket.write(Buffer.concat(Array.from({ length: 10_000 }, () => ping)));
    // Each pong has two bytes.
    for (; socket.bytesRead < openedAfter + 20_000; turns += 1) await new Promise(setImmediate);
    expect(turns).toBeGreaterThan(5_000);
  });
});
