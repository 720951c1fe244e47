/** An error that nothing foresees, over WebSocket: the client reads only that it occurred, and the log says what. */
import { once } from 'node:events';
import { buildSchema, parse } from 'graphql';
import { expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { systemClock } from '../../src/clock.ts';
import { createApp } from '../../src/http/app.ts';
import { createOverload } from '../../src/http/protection/overload.ts';
import { createSlots } from '../../src/http/protection/slots.ts';
import { LISTENING } from '../../src/http/transports/live.ts';
import { registerWebSocket } from '../../src/http/transports/websocket.ts';
import { createCapturedLog } from '../support/log.ts';

const TOLD = { message: 'It is not there.', extensions: { code: 'NOT_FOUND' } };

async function* answers() {
  yield { data: { known: null }, errors: [TOLD] };
  // It is no value of JSON, so it cannot be sent.
  yield { data: { known: 1n } };
}

/** Opens a connection to an endpoint whose second result cannot be sent. */
async function connect(): Promise<{ readonly socket: WebSocket; readonly text: () => string }> {
  const { log, text } = createCapturedLog();
  const app = createApp(log, systemClock);
  onTestFinished(() => app.close());
  const overload = createOverload({ longestDelayMs: 500 });
  onTestFinished(overload.stop);
  const document = parse('{ known }');
  registerWebSocket(app, {
    schema: buildSchema('type Query { known: Int }'),
    log,
    isOwnName: () => true,
    overload,
    openSession: async () => ({
      endsAtMs: null,
      caller: null,
      open: () => ({ context: {}, end: () => {}, freshForMs: () => 0 }),
    }),
    admit: () => null,
    prepare: () => ({ errors: null, document, isSubscription: false, answers }),
    corsOrigins: [],
    clock: systemClock,
    slots: createSlots({ inAll: 1, perCaller: 1 }, LISTENING),
    closing: new AbortController().signal,
  });
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  onTestFinished(() => socket.terminate());
  await once(socket, 'open');
  return { socket, text };
}

it('An error while a result is sent is masked, has a code, and is logged', async () => {
  const { socket, text } = await connect();
  const messages: unknown[] = [];
  socket.on('message', (data: Buffer) => messages.push(JSON.parse(data.toString())));
  const acknowledged = once(socket, 'message');
  socket.send('{"type":"connection_init"}');
  await acknowledged;
  socket.send('{"id":"1","type":"subscribe","payload":{"query":"{ known }"}}');
  while (messages.length < 3) await once(socket, 'message');
  expect(messages.slice(1)).toEqual([
    { id: '1', type: 'next', payload: { data: { known: null }, errors: [TOLD] } },
    {
      id: '1',
      type: 'error',
      payload: [
        {
          message: 'The gateway failed with an internal error. Its log contains the reason.',
          extensions: { code: 'INTERNAL_SERVER_ERROR' },
        },
      ],
    },
  ]);
  expect(text()).toMatch(/"level":"error".*serialize a BigInt.*unexpected error/);
});
