import { readFile } from 'node:fs/promises';
import { generate } from 'selfsigned';
import { describe, expect, it, vi } from 'vitest';
import { StoreError } from '../../src/store/error.ts';
import type { LogState } from '../../src/store/store.ts';
import { hasRedis, redisNote, startRedis } from '../support/redis.ts';
import { LONG_MS, appendAll, openRedisStore, stateOf, step } from '../support/store.ts';
import type { OpenRedisStore } from '../support/store.ts';

/** Uses every feature of a store under one key, and checks the results. */
async function useEverything({ store, heard }: OpenRedisStore, key: string): Promise<LogState> {
  const fence = await store.lease(key, 'me', LONG_MS);
  expect(await store.lease(key, 'you', LONG_MS)).toBeNull();
  expect(await store.isLeaseWanted(key, 'me')).toBe(true);
  const begun = stateOf(await store.append(key, step(null, { fence, record: 'r1', names: ['x'] })));
  const state = stateOf(await store.append(key, step(begun, { fence, record: 'r2', names: ['x', 'y'] })));
  await store.releaseLease(key, 'me');
  expect(await store.readLog(key)).toEqual(state);
  expect(await store.recordsAfter(key, state.epoch, 1, 9)).toEqual([{ number: 2, text: 'r2' }]);
  expect(await store.numbersOf(key, state.epoch, ['x', 'y', 'z'])).toEqual([1, 2, null]);
  await store.writeNote(key, 'a note', LONG_MS);
  expect(await store.readNote(key)).toBe('a note');
  await store.removeNote(key);
  await store.publish(`about ${key}`);
  await vi.waitFor(() => expect(heard).toContain(`about ${key}`));
  return state;
}

/** A self-signed certificate for 127.0.0.1. */
function createCertificate(): ReturnType<typeof generate> {
  return generate([{ name: 'commonName', value: 'redis' }], {
    keyType: 'ec',
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
  });
}

/** The permissions that a user needs, from the documentation of the store. */
async function readPermissions(): Promise<string[]> {
  const source = await readFile(new URL('../../src/store/redis.ts', import.meta.url), 'utf8');
  const [, line = ''] = /ACL SETUSER gateway (on [^`]*)/.exec(source) ?? [];
  return line.replaceAll(/\n \*/g, '').trim().split(/\s+/);
}

describe.skipIf(!hasRedis())(`a store in Redis (${redisNote})`, () => {
  it('keeps all data of one key in one slot of a cluster', async () => {
    const redis = await startRedis({ flags: ['--cluster-enabled', 'yes'] });
    await redis.ask('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
    await expect.poll(() => redis.ask('CLUSTER', 'INFO'), { timeout: 20_000 }).toContain('cluster_state:ok');
    const opened = await openRedisStore(redis.url);
    for (const key of ['a', '}', '{', '{}{x}', 'users/1/adhoc']) await useEverything(opened, key);
  });

  it('reads the log by inclusive ranges, which Redis 5 knows', async () => {
    const redis = await startRedis();
    const opened = await openRedisStore(redis.url);
    const commands = await redis.watch();
    await useEverything(opened, 'a');
    await vi.waitFor(() => expect(commands.join('\n')).toContain('"PUBLISH"'));
    const ranges = commands.filter((command) => command.includes('"XRANGE"'));
    expect(ranges).toEqual([expect.stringContaining('"gateway:{a}:records" "2" "+" "COUNT" "9"')]);
  });

  it('needs exactly the permissions that are documented', async () => {
    const redis = await startRedis();
    const permissions = await readPermissions();
    await redis.ask('ACL', 'SETUSER', 'gateway', ...permissions);
    const opened = await openRedisStore(redis.url.replace('://', '://gateway:password@'));
    await useEverything(opened, 'a');
    const commands = permissions.filter((permission) => permission.startsWith('+')).map((word) => word.slice(1));
    expect(commands.length).toBeGreaterThan(20);
    const superfluous: string[] = [];
    // These two are needed to connect; the next test covers them.
    for (const command of commands.filter((name) => name !== 'ping' && name !== 'subscribe')) {
      await redis.ask('SCRIPT', 'FLUSH');
      await redis.ask('ACL', 'SETUSER', 'gateway', `-${command}`);
      const error: unknown = await useEverything(opened, `without ${command}`).catch((reason: unknown) => reason);
      if (!(error instanceof StoreError)) superfluous.push(command);
      await redis.ask('ACL', 'SETUSER', 'gateway', `+${command}`);
    }
    expect(superfluous).toEqual([]);
    await useEverything(opened, 'b');
    expect(opened.told).toEqual(['reachable']);
  });

  it.each(['ping', 'subscribe'])('cannot connect as a user without the permission for %s', async (command) => {
    const redis = await startRedis();
    await redis.ask('ACL', 'SETUSER', 'gateway', ...(await readPermissions()), `-${command}`);
    const { store, told } = await openRedisStore(redis.url.replace('://', '://gateway:password@'));
    expect(store.isReachable()).toBe(false);
    expect(told).toEqual([expect.stringMatching(/returned an error: NOPERM .*[^.]\.$/m)]);
    await redis.ask('ACL', 'SETUSER', 'gateway', `+${command}`);
    await vi.waitFor(() => expect(told.at(-1)).toBe('reachable'), 20_000);
  });

  it('receives no messages of the same prefix in another database', async () => {
    const redis = await startRedis();
    const [one, other] = [await openRedisStore(`${redis.url}/1`), await openRedisStore(`${redis.url}/2`)];
    await one.store.publish('in database 1');
    await other.store.publish('in database 2');
    await vi.waitFor(() => expect(other.heard).toContain('in database 2'));
    expect(other.heard).not.toContain('in database 1');
  });

  it('connects over TLS only when the certificate authority of Redis is configured', async () => {
    const [tls, another] = await Promise.all([createCertificate(), createCertificate()]);
    const redis = await startRedis({ tls });
    await useEverything(await openRedisStore(redis.url, { certificateAuthority: tls.cert }), 'a');
    for (const certificateAuthority of [undefined, another.cert]) {
      const { store, told } = await openRedisStore(redis.url, { certificateAuthority });
      expect(store.isReachable()).toBe(false);
      expect(told).toEqual([expect.stringContaining('cannot be reached: self-signed certificate')]);
    }
  });

  it('loads a script again when Redis has dropped it', async () => {
    const redis = await startRedis();
    const { store } = await openRedisStore(redis.url);
    await appendAll(store, 'a', ['r1']);
    await redis.ask('SCRIPT', 'FLUSH');
    expect(await appendAll(store, 'a', ['r2'])).toMatchObject({ head: 2 });
  });

  it('sets an expiry on every key, and keeps only the configured number of records', async () => {
    const redis = await startRedis();
    const opened = await openRedisStore(redis.url, { retention: { records: 1, idleMs: LONG_MS } });
    await useEverything(opened, 'a');
    await opened.store.writeNote('a', 'a note', LONG_MS);
    await opened.store.lease('a', 'she', LONG_MS);
    const keys = ['log', 'records', 'lease', 'fence', 'waiting', 'note'].map((part) => `gateway:{a}:${part}`);
    expect(await redis.ask('KEYS', '*')).toEqual(
      expect.toSatisfy((all) => all.toSorted().join() === keys.toSorted().join()),
    );
    for (const key of keys) expect(await redis.ask('PTTL', key)).toBeGreaterThan(LONG_MS / 2);
    expect(await redis.ask('XLEN', 'gateway:{a}:records')).toBe(1);
  });

  it('extends the lifetime of a log at each step', async () => {
    const redis = await startRedis();
    const { store } = await openRedisStore(redis.url);
    await appendAll(store, 'a', ['r1']);
    for (const part of ['log', 'records']) await redis.ask('PEXPIRE', `gateway:{a}:${part}`, '60000');
    stateOf(await store.append('a', step(await store.readLog('a'))));
    for (const part of ['log', 'records']) {
      expect(await redis.ask('PTTL', `gateway:{a}:${part}`)).toBeGreaterThan(LONG_MS / 2);
    }
  });

  it('never gives a fencing token twice, even after Redis has lost its data', async () => {
    const redis = await startRedis();
    const { store } = await openRedisStore(redis.url);
    const before = await store.lease('a', 'me', LONG_MS);
    await redis.ask('FLUSHALL');
    expect(await store.append('a', step(null, { fence: before }))).toBe('fenced');
    expect(await store.lease('a', 'you', LONG_MS)).toBeGreaterThan(before ?? Infinity);
    expect(await store.append('a', step(null, { fence: before }))).toBe('fenced');
  });

  it('answers null for records that Redis has evicted', async () => {
    const redis = await startRedis();
    const { store } = await openRedisStore(redis.url);
    const { epoch } = await appendAll(store, 'a', ['r1', 'r2']);
    await redis.ask('DEL', 'gateway:{a}:records');
    expect(await store.recordsAfter('a', epoch, 0, 9)).toBeNull();
    expect(await store.recordsAfter('a', epoch, 2, 9)).toEqual([]);
    await appendAll(store, 'a', ['r3']);
    expect(await store.recordsAfter('a', epoch, 1, 9)).toBeNull();
    expect(await store.recordsAfter('a', epoch, 2, 9)).toEqual([{ number: 3, text: 'r3' }]);
  });

  it('begins a log again after Redis has evicted everything except its records', async () => {
    const redis = await startRedis();
    const { store } = await openRedisStore(redis.url);
    await appendAll(store, 'a', ['old r1', 'old r2']);
    await redis.ask('DEL', 'gateway:{a}:log');
    expect(await appendAll(store, 'a', ['r1'])).toMatchObject({ head: 1 });
    expect(await store.recordsAfter('a', 'an epoch', 0, 9)).toEqual([{ number: 1, text: 'r1' }]);
  });

  it('reports unexpected data under its keys as an error', async () => {
    const redis = await startRedis();
    const { store } = await openRedisStore(redis.url);
    await redis.ask('SET', 'gateway:{a}:log', 'not a log');
    await expect(store.readLog('a')).rejects.toThrow(/^Redis at 127\.0\.0\.1:\d+ returned an error: WRONGTYPE/);
    await redis.ask('HSET', 'gateway:{b}:log', 'epoch', 'half a log');
    await expect(store.readLog('b')).rejects.toThrow(/^Redis at 127\.0\.0\.1:\d+ returned an unexpected reply: /);
    await expect(store.readLog('a')).rejects.toThrow(StoreError);
    await expect(store.readLog('b')).rejects.toThrow(StoreError);
    expect(store.isReachable()).toBe(true);
  });
});
