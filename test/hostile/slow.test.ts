import { once } from 'node:events';
import type { Socket } from 'node:net';
import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { PATIENCE, createApp } from '../../src/http/app.ts';
import { createDrivenClock } from '../support/clock.ts';
import { openConnection } from '../support/raw.ts';

/** A fortieth of the real limits, to keep the test short. */
const SHORT = { headersMs: 225, requestMs: 350, checkMs: 12, readMs: 750 };

/** Starts a server with short limits, or with others by the given clock. */
async function start(
  clock = systemClock,
  patience = SHORT,
): Promise<{ readonly url: string; readonly cut: Promise<unknown> }> {
  const app = createApp(pino({ level: 'silent' }), clock, { patience });
  onTestFinished(() => app.close());
  app.post('/small', async () => 'taken');
  // Much more than the machine buffers for a connection.
  const large = Buffer.alloc(64 * 1_024 * 1_024);
  app.get('/large', async (_, reply) => reply.send(large));
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const cut = new Promise((resolve) =>
    app.server.once('connection', (socket: Socket) => socket.once('close', () => resolve('cut'))),
  );
  return { url, cut };
}

/** Sends one byte after another until the socket closes. */
function trickle(socket: Socket): void {
  const interval = setInterval(() => socket.write('a'), SHORT.checkMs);
  socket.once('close', () => clearInterval(interval));
}

const HEADERS = 'POST /small HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n';

/** The bytes sent, whether more trickle in behind them, and the status of the cut. */
const ATTACKS: Readonly<Record<string, readonly [bytes: string, trickles: boolean, status: number | null]>> = {
  'says nothing at all': ['', false, 408],
  'stops in the middle of the headers': [HEADERS, false, 408],
  'sends a header letter by letter': [`${HEADERS}x: `, true, 408],
  'stops in the middle of the body': [`${HEADERS}content-length: 1000\r\n\r\n{`, false, 408],
  'sends the body letter by letter': [`${HEADERS}content-length: 100000\r\n\r\n{`, true, 408],
  'sends its second request letter by letter': [`${HEADERS}content-length: 2\r\n\r\n{}${HEADERS}x: `, true, 408],
  'does not read the answer': ['GET /large HTTP/1.1\r\nhost: localhost\r\n\r\n', false, null],
};

describe('A slow caller', () => {
  it('has at most 10 seconds for the headers and 15 for the body, by the limits in force', () => {
    // The limits are checked at intervals, at worst just before one is exceeded.
    expect(PATIENCE.headersMs + 2 * PATIENCE.checkMs).toBeLessThanOrEqual(10_000);
    expect(PATIENCE.requestMs + 2 * PATIENCE.checkMs).toBeLessThanOrEqual(15_000);
  });

  it.each(Object.entries(ATTACKS))('that %s is disconnected in time', async (_, [bytes, trickles, status]) => {
    const { url, cut } = await start();
    const socket = await openConnection(url);
    let came = '';
    if (status === null) socket.pause();
    else socket.setEncoding('latin1').on('data', (text: string) => (came += text));
    socket.write(bytes);
    if (trickles) trickle(socket);
    // Node itself would only check in half a minute.
    const muchLater = once(AbortSignal.timeout(20 * SHORT.readMs), 'abort');
    expect(await Promise.race([cut, muchLater])).toBe('cut');
    // Bytes that still arrive at a closed connection may discard the response with them.
    if (status === null || trickles) return;
    await once(socket, 'close');
    expect(came).toMatch(new RegExp(`HTTP/1\\.1 ${status} Request Timeout`));
    expect(came).toContain('"message":"The request took too long to arrive');
  });

  it('is disconnected two minutes into a response, however steadily it reads', async () => {
    const clock = createDrivenClock();
    const { url, cut } = await start(clock, PATIENCE);
    let isCut = false;
    void cut.then(() => (isCut = true));
    const socket = await openConnection(url);
    socket.write('GET /large HTTP/1.1\r\nhost: localhost\r\n\r\n');
    await clock.waiting(120_000);
    for (let minute = 0; minute < 12; minute += 1) {
      expect(isCut).toBe(false);
      await once(socket, 'data');
      socket.pause();
      clock.advance(10_000);
      socket.resume();
    }
    socket.pause();
    expect(await cut).toBe('cut');
  });

  it('is not disconnected between responses that it has read', async () => {
    const clock = createDrivenClock();
    const { url } = await start(clock, PATIENCE);
    const socket = await openConnection(url);
    socket.setEncoding('latin1');
    const ask = async (): Promise<void> => {
      let came = '';
      socket.write(`${HEADERS}content-length: 2\r\n\r\n{}`);
      while (!came.endsWith('taken')) came += String((await once(socket, 'data'))[0]);
    };
    for (let times = 0; times < 3; times += 1) {
      await ask();
      clock.advance(119_999);
    }
    expect(socket.destroyed).toBe(false);
  });
});
