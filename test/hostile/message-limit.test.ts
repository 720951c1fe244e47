/** A WebSocket whose messages come faster than they may is read more slowly, and is kept. */
import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { createDrivenClock } from '../support/clock.ts';
import type { DrivenClock } from '../support/clock.ts';
import { startGateway } from '../support/gateway.ts';

const PING = '{"type":"ping"}';
const KEEP_ALIVE_MS = 12_000;

/** Lets everything happen that can happen by now. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 4_000; turn += 1) await new Promise(setImmediate);
}

interface Flood {
  readonly socket: WebSocket;
  readonly answered: () => number;
}

/** Sends so many pings at once, over a connection that is not acknowledged. */
async function flood(clock: DrivenClock, pings: number): Promise<Flood> {
  const { url } = await startGateway({ clock, logLevel: 'silent' });
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  onTestFinished(async () => {
    socket.terminate();
    // The gateway notices it by its pings, because it does not read.
    for (let times = 0; times < 4; times += 1) {
      clock.advance(KEEP_ALIVE_MS);
      await settle();
    }
  });
  await once(socket, 'open');
  let answered = 0;
  socket.on('message', () => (answered += 1));
  for (let index = 0; index < pings; index += 1) socket.send(PING);
  return { socket, answered: () => answered };
}

it('Messages that have arrived before the pause delay the next ones', async () => {
  const clock = createDrivenClock();
  const { answered } = await flood(clock, 20_000);
  for (let round = 0; round < 8; round += 1) {
    await settle();
    clock.advance(50);
  }
  expect(answered()).toBeGreaterThanOrEqual(250);
  expect(answered()).toBeLessThan(4_000);
});

it('A paused connection is kept, and is read again after its pause', async () => {
  const clock = createDrivenClock();
  const { socket, answered } = await flood(clock, 4_000);
  await settle();
  const atOnce = answered();
  expect(atOnce).toBeLessThan(4_000);
  // Longer than two keep-alives, whose pongs the gateway cannot read.
  for (let times = 0; times < 4; times += 1) {
    clock.advance(KEEP_ALIVE_MS);
    await settle();
  }
  expect(socket.readyState).toBe(WebSocket.OPEN);
  for (let times = 0; times < 20 && answered() < 4_000; times += 1) {
    clock.advance(KEEP_ALIVE_MS);
    await settle();
  }
  expect(answered()).toBe(4_000);
  expect(socket.readyState).toBe(WebSocket.OPEN);
});

it('A connection without pongs is ended once it is no longer paused', async () => {
  const clock = createDrivenClock();
  const { socket } = await flood(clock, 300);
  socket.pause();
  await settle();
  const closed = once(socket, 'close');
  for (let times = 0; times < 4; times += 1) {
    clock.advance(KEEP_ALIVE_MS);
    await settle();
  }
  socket.resume();
  expect((await closed)[0]).toBe(1006);
});
