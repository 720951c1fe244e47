import { EventEmitter, once } from 'node:events';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openRedisStore } from '../support/store.ts';
import { startTcpServer } from '../support/tcp-server.ts';

const TIMEOUT_MS = 2_000;
const IN_FLIGHT = 256;

interface HeldRedis {
  readonly url: string;
  /** Answers this many of the commands that it holds, in their order. */
  release(count: number): void;
  /** The number of commands that it has received since it holds them. */
  received(): number;
  /** Resolves when it has received this many. */
  arrived(count: number): Promise<void>;
  /** Closes the connection whose commands it holds. */
  cut(): void;
}

const answers: Readonly<Record<string, string>> = {
  PING: '+PONG',
  SUBSCRIBE: '*3\r\n$9\r\nsubscribe\r\n$18\r\ngateway:messages:0\r\n:1',
  GET: '$-1',
};

function answer(socket: Socket, command: string): void {
  socket.write(`${answers[command]}\r\n`);
}

/** A server that holds every command of a connection from its first GET on. */
async function startHeldRedis(): Promise<HeldRedis> {
  const held: { readonly socket: Socket; readonly command: string }[] = [];
  let holding: Socket | null = null;
  let received = 0;
  const arrivals = new EventEmitter();

  function receive(socket: Socket, command: string): void {
    if (command === 'GET') holding ??= socket;
    if (holding !== socket) return answer(socket, command);
    held.push({ socket, command });
    received += 1;
    arrivals.emit('command');
  }

  const { port } = await startTcpServer((socket) => {
    let text = '';
    socket.on('data', (chunk) => {
      const pieces = `${text}${chunk.toString()}`.split(/\$\d+\r\n(ping|subscribe|get)\r\n/i);
      // Between the names are the other words, and after the last one what may become another name.
      text = pieces.pop() ?? '';
      for (const name of pieces.map((piece) => piece.toUpperCase())) if (name in answers) receive(socket, name);
    });
  });
  return {
    url: `redis://127.0.0.1:${port}`,
    release(count) {
      for (const { socket, command } of held.splice(0, count)) answer(socket, command);
    },
    received: () => received,
    async arrived(count) {
      for (;;) {
        if (received >= count) return;
        await once(arrivals, 'command');
      }
    },
    cut: () => holding?.destroy(),
  };
}

/** Reads this many notes, and counts those that it has got. */
async function startReading(count: number) {
  const redis = await startHeldRedis();
  const { store } = await openRedisStore(redis.url, { commandTimeoutMs: TIMEOUT_MS });
  const answered: number[] = [];
  const all = Array.from({ length: count }, async (_, index) => {
    await store.readNote(`note ${index}`);
    answered.push(index);
  });
  return { redis, store, answered, outcomes: Promise.allSettled(all) };
}

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] }));
afterEach(() => void vi.useRealTimers());

it('At most 256 commands are in flight, and the others wait in order', async () => {
  const { redis, answered, outcomes } = await startReading(600);
  await redis.arrived(IN_FLIGHT);
  redis.release(1);
  await redis.arrived(IN_FLIGHT + 1);
  expect(redis.received()).toBe(IN_FLIGHT + 1);
  redis.release(IN_FLIGHT);
  await redis.arrived(2 * IN_FLIGHT + 1);
  expect(redis.received()).toBe(2 * IN_FLIGHT + 1);
  redis.release(IN_FLIGHT);
  await redis.arrived(600);
  redis.release(IN_FLIGHT);
  await outcomes;
  expect(answered).toEqual(Array.from({ length: 600 }, (_, index) => index));
});

it('A command does not time out while it waits for others', async () => {
  const { redis, store, answered, outcomes } = await startReading(600);
  for (const sent of [IN_FLIGHT, 2 * IN_FLIGHT, 600]) {
    await redis.arrived(sent);
    vi.advanceTimersByTime(TIMEOUT_MS - 100);
    redis.release(IN_FLIGHT);
  }
  redis.release(600);
  await outcomes;
  expect(answered).toHaveLength(600);
  expect(store.isReachable()).toBe(true);
});

it.each([
  ['is lost', (redis: HeldRedis) => redis.cut(), 'Socket closed unexpectedly'],
  ['times out', () => vi.advanceTimersByTime(TIMEOUT_MS), 'did not respond within 2000 ms'],
])('All commands fail when the connection %s, those that wait too', async (_, lose, reason) => {
  const { redis, outcomes } = await startReading(600);
  await redis.arrived(IN_FLIGHT);
  lose(redis);
  for (const outcome of await outcomes)
    expect(outcome).toMatchObject({
      status: 'rejected',
      reason: { name: 'StoreError', message: expect.stringContaining(reason) },
    });
});
