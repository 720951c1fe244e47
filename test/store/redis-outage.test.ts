import { inspect } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { StoreError } from '../../src/store/error.ts';
import { createRedisStore } from '../../src/store/redis.ts';
import { hasRedis, redisNote, startRedis } from '../support/redis.ts';
import { LONG_MS, appendAll, openRedisStore } from '../support/store.ts';
import { startTcpServer } from '../support/tcp-server.ts';

/** Longer than any test may take: a failure within a test has not waited for this timeout. */
const NEVER_MS = 10 * 60_000;

interface FakeRedis {
  readonly url: string;
  /** The number of connections so far. */
  connections(): number;
  /** The number of open connections. */
  open(): number;
}

/**
 * A server that answers each command as given: null closes the connection, and undefined sends nothing. The first
 * `refused` connections are closed at once.
 */
async function startFakeRedis(answer: (command: string) => string | null | undefined, refused = 0): Promise<FakeRedis> {
  let connections = 0;
  const { port, sockets } = await startTcpServer((socket) => {
    connections += 1;
    if (connections <= refused) socket.destroy();
    socket.on('data', (chunk) => {
      for (const [, command = ''] of chunk.toString().matchAll(/\*\d+\r\n\$\d+\r\n(\w+)\r\n/g)) {
        const text = answer(command.toUpperCase());
        if (text === null) socket.destroy();
        else if (text !== undefined) socket.write(`${text}\r\n`);
      }
    });
  });
  return {
    url: `redis://127.0.0.1:${port}`,
    connections: () => connections,
    open: () => sockets.size,
  };
}

const answers: Readonly<Record<string, string>> = {
  PING: '+PONG',
  SUBSCRIBE: '*3\r\n$9\r\nsubscribe\r\n$18\r\ngateway:messages:0\r\n:1',
};

/** Everything that an error contains, as text. */
async function failureOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(StoreError);
  return inspect(error, { showHidden: true, depth: 9 });
}

describe.skipIf(!hasRedis())(`a store whose Redis is away (${redisNote})`, () => {
  it('starts without Redis, and connects when Redis is available', async () => {
    const redis = await startRedis();
    await redis.stop();
    const { store, told, heard } = await openRedisStore(redis.url, { commandTimeoutMs: NEVER_MS });
    expect(store.isReachable()).toBe(false);
    await expect(store.readLog('a')).rejects.toThrow(StoreError);
    await expect(store.publish('a message')).rejects.toThrow(StoreError);
    expect(told).toEqual([expect.stringContaining('cannot be reached: connect ECONNREFUSED')]);
    await redis.start();
    await vi.waitFor(() => expect(told.at(-1)).toBe('reachable'), 20_000);
    expect(store.isReachable()).toBe(true);
    expect(await appendAll(store, 'a', ['r1'])).toMatchObject({ head: 1 });
    // Other replicas may have published messages during the outage.
    expect(heard).toEqual(['(gap)']);
  });

  it('fails at once while Redis is down, and continues with the same data afterwards', async () => {
    const redis = await startRedis();
    const { store, told, heard } = await openRedisStore(redis.url, { commandTimeoutMs: NEVER_MS });
    const state = await appendAll(store, 'a', ['r1']);
    await redis.stop();
    await vi.waitFor(() => expect(store.isReachable()).toBe(false));
    await expect(store.readLog('a')).rejects.toThrow(StoreError);
    await expect(store.lease('a', 'me', LONG_MS)).rejects.toThrow(StoreError);
    await redis.start();
    await vi.waitFor(() => expect(told.at(-1)).toBe('reachable'), 20_000);
    expect(await store.readLog('a')).toEqual(state);
    expect(heard).toEqual(['(gap)']);
    await store.publish('a message');
    await vi.waitFor(() => expect(heard).toEqual(['(gap)', 'a message']));
  });

  it('fails when a response exceeds the command timeout, and matches later responses to their commands', async () => {
    const redis = await startRedis();
    const { store } = await openRedisStore(redis.url, { commandTimeoutMs: 300 });
    await store.writeNote('a', 'the note of a', LONG_MS);
    await store.writeNote('b', 'the note of b', LONG_MS);
    redis.pause();
    const failures = await Promise.all([store.readNote('a'), store.readNote('b')].map(failureOf));
    expect(failures).toContainEqual(expect.stringContaining('did not respond within 300 ms'));
    expect(store.isReachable()).toBe(false);
    redis.resume();
    await expect.poll(() => store.readNote('b').catch(() => 'not yet'), { timeout: 20_000 }).toBe('the note of b');
    expect(await Promise.all([store.readNote('a'), store.readNote('b')])).toEqual(['the note of a', 'the note of b']);
  });

  it('detects without any command that Redis is gone, and reports a gap in the messages', async () => {
    const redis = await startRedis();
    const { store, told, heard } = await openRedisStore(redis.url, { commandTimeoutMs: 200 });
    redis.pause();
    await vi.waitFor(() => expect(told.at(-1)).toContain('did not respond within 200 ms'), 20_000);
    expect(store.isReachable()).toBe(false);
    // Before the first lost connection is reopened, the second one is lost too.
    await vi.waitFor(() => expect(told.at(-1)).toContain('did not respond within 800 ms'), 20_000);
    redis.resume();
    await vi.waitFor(() => expect(told.at(-1)).toBe('reachable'), 20_000);
    await vi.waitFor(() => expect(heard).toContain('(gap)'), 20_000);
  });

  it('starts with a Redis that does not respond', async () => {
    const redis = await startRedis();
    redis.pause();
    const { store, told } = await openRedisStore(redis.url, { commandTimeoutMs: 100 });
    expect(told).toEqual([expect.stringContaining('did not respond within 400 ms')]);
    redis.resume();
    await vi.waitFor(() => expect(store.isReachable()).toBe(true), 20_000);
  });

  it('reconnects after its primary has become a replica, and reports both changes', async () => {
    const redis = await startRedis();
    const { store, told } = await openRedisStore(redis.url);
    await redis.ask('REPLICAOF', '127.0.0.1', '1');
    expect(await failureOf(store.writeNote('a', 'a note', LONG_MS))).toContain('returned an error: READONLY');
    await redis.ask('REPLICAOF', 'NO', 'ONE');
    await vi.waitFor(() => expect(told.at(-1)).toBe('reachable'), 20_000);
    expect(told).toEqual(['reachable', expect.stringContaining('READONLY'), 'reachable']);
    await store.writeNote('a', 'a note', LONG_MS);
  });
});

describe('a store whose Redis behaves badly', () => {
  it('fails pending commands when the connection is lost', async () => {
    const redis = await startFakeRedis((command) => answers[command] ?? null);
    const { store } = await openRedisStore(redis.url, { commandTimeoutMs: NEVER_MS });
    expect(await failureOf(store.readLog('a'))).toContain('cannot be reached: Socket closed unexpectedly');
  });

  it.each([
    ['7 does', "-READONLY You can't write against a read only replica. script: f74233f5, on @user_script:9."],
    [
      '5 and 6 do, https://github.com/redis/go-redis/issues/2229',
      "-ERR Error running script (call to f_f74233f556d3f99c50b61169cf8aa8d5deb63fb2): @user_script:9: @user_script: 9: -READONLY You can't write against a read only replica. ",
    ],
  ])('reconnects when its primary has become a replica, and answers a script as Redis %s', async (_, refusal) => {
    const redis = await startFakeRedis((command) => answers[command] ?? refusal);
    const { store } = await openRedisStore(redis.url);
    expect(await failureOf(store.lease('a', 'me', LONG_MS))).toContain('READONLY');
    await vi.waitFor(() => expect(redis.connections()).toBe(3), 20_000);
  });

  it('does not reconnect after another error that has the word', async () => {
    const redis = await startFakeRedis((command) => answers[command] ?? '-ERR no key READONLY here');
    const { store } = await openRedisStore(redis.url);
    expect(await failureOf(store.lease('a', 'me', LONG_MS))).toContain('READONLY');
    expect(store.isReachable()).toBe(true);
  });

  it('reports once why Redis cannot be reached, over any number of attempts', async () => {
    const redis = await startFakeRedis(() => null);
    const { told } = await openRedisStore(redis.url);
    await vi.waitFor(() => expect(redis.connections()).toBeGreaterThan(9), 20_000);
    expect(told).toEqual([expect.stringContaining('cannot be reached: Socket closed unexpectedly')]);
  });

  it.each([
    ['-ERR unknown command `AUTH`, with args beginning with: `gateway`, `s3cr%t`, ', 'unknown command `AUTH`'],
    ['-ERR of its own kind: s3cr%t', 'of its own kind: (the password)'],
    ['-WRONGPASS invalid username-password pair or user is disabled.', 'returned an error: WRONGPASS'],
  ])('reports a refused sign-in without the password: %s', async (refusal, reason) => {
    const redis = await startFakeRedis(() => refusal);
    const { store, told } = await openRedisStore(redis.url.replace('://', '://gateway:s3cr%25t@'));
    expect(told).toEqual([expect.stringContaining(reason)]);
    expect(`${told.join()}${await failureOf(store.readLog('a'))}`).not.toMatch(/s3cr/);
  });

  it.each([
    'not an address: s3cret',
    'http://gateway:s3cret@host',
    'redis://gateway:s3cret%@host',
    'redis://g:s3cret@h/one',
  ])('rejects a malformed address without repeating it: %s', async (url) => {
    const error: unknown = await openRedisStore(url).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      message: expect.stringContaining('The address of Redis must have the form redis://'),
    });
    expect(inspect(error, { showHidden: true, depth: 9 })).not.toContain('s3cret');
  });
});

describe('a store that is closed', () => {
  const options = {
    prefix: 'gateway:',
    retention: { records: 1, idleMs: LONG_MS },
    commandTimeoutMs: NEVER_MS,
    onReachable: () => undefined,
    onUnreachable: () => undefined,
  };

  it('leaves no connection open, fails pending commands and rejects new ones', async () => {
    const redis = await startFakeRedis((command) => answers[command]);
    const store = await createRedisStore({ ...options, url: redis.url });
    const asked = store.readLog('a');
    const failure = failureOf(asked);
    await store.close();
    expect(await failure).toContain('is closed');
    await expect(store.readLog('a')).rejects.toThrow(StoreError);
    await vi.waitFor(() => expect(redis.open()).toBe(0));
    await store.close();
    expect(store.isReachable()).toBe(false);
    expect(redis.connections()).toBe(2);
  });

  it('aborts a connection attempt in progress', async () => {
    const redis = await startFakeRedis(() => undefined, 2);
    const store = await createRedisStore({ ...options, url: redis.url.replace('redis:', 'rediss:') });
    await vi.waitFor(() => expect(redis.connections()).toBe(4));
    await store.close();
    await vi.waitFor(() => expect(redis.open()).toBe(0));
    expect(redis.connections()).toBe(4);
  });

  it('stops waiting for the next connection attempt', async () => {
    const redis = await startFakeRedis(() => null);
    const store = await createRedisStore({ ...options, url: redis.url });
    await vi.waitFor(() => expect(redis.connections()).toBeGreaterThan(9), 20_000);
    await store.close();
    await vi.waitFor(() => expect(redis.open()).toBe(0));
  });
});
