/** The store that the replicas of one gateway share, in Redis. */
import { z } from 'zod';
import type { StoreError } from './error.ts';
import { createListeners } from './listeners.ts';
import { readRedisAddress } from './redis-address.ts';
import { createRedisCommands } from './redis-commands.ts';
import { openRedisConnection } from './redis-connection.ts';
import { createRedisKey } from './redis-key.ts';
import { createRedisLeases } from './redis-leases.ts';
import { createRedisLogs } from './redis-logs.ts';
import type { Retention, Store } from './store.ts';

export interface RedisStoreOptions {
  /** `redis://user:password@host:port/database`, or `rediss://` for TLS. */
  readonly url: string;
  /** The prefix of all keys and of the channel. Replicas with the same prefix share their data. */
  readonly prefix: string;
  readonly retention: Retention;
  /** How long a reply of Redis may take. */
  readonly commandTimeoutMs: number;
  /** A certificate authority to trust in addition to the default ones, in PEM. */
  readonly certificateAuthority?: string | undefined;
  /** Called when Redis cannot be reached: at first, when it is lost, and when the reason changes. Names no secret. */
  readonly onUnreachable: (error: StoreError) => void;
  /** Called when Redis can be reached, at first and again. */
  readonly onReachable: () => void;
}

/**
 * Opens a store in Redis 5 or later. Resolves after the first attempt to connect, which takes at most four times
 * `commandTimeoutMs`. While Redis is unreachable, calls to the store fail. Rejects only when `url` is no valid address.
 *
 * Redis must have room for the data and evict none (`maxmemory-policy noeviction`). For a cluster with several nodes,
 * `url` must route to the right node: any other refuses with MOVED. With the prefix `gateway:`, the user needs
 *
 * ```text
 * ACL SETUSER gateway on >password resetkeys ~gateway:* resetchannels &gateway:* -@all +ping +eval +evalsha +time
 * +get +set +del +pexpire +pttl +hmget +hset +hsetnx +hincrby +xadd +xlen +xrange
 * +zadd +zrem +zremrangebyscore +zrangebyscore +publish +subscribe
 * ```
 *
 * and `+select` where `url` names a database. Redis 6.0 has no rules for channels: leave out `resetchannels` and
 * `&gateway:*`. Redis 5 has no users.
 */
export async function createRedisStore(options: RedisStoreOptions): Promise<Store> {
  const { url, prefix, retention, commandTimeoutMs, certificateAuthority, onUnreachable, onReachable } = options;
  const address = readRedisAddress(url);
  const listeners = createListeners();
  // Redis delivers a message in every database: https://redis.io/docs/latest/develop/pubsub/#database--scoping
  const channel = `${prefix}messages:${address.database}`;
  /** The errors reported since Redis was last reachable: every try fails anew, mostly for the same reason. */
  const reported = new Set<string>();

  function onOpen(): void {
    if (!isReachable()) return;
    reported.clear();
    onReachable();
  }

  function onFailed(error: StoreError): void {
    if (reported.has(error.message)) return;
    reported.add(error.message);
    onUnreachable(error);
  }

  const shared = { address, certificateAuthority, commandTimeoutMs, onFailed };
  const commands = openRedisConnection({ ...shared, onOpen });
  // A connection that subscribes may not send other commands.
  const messages = openRedisConnection({
    ...shared,
    prepare: (client) => client.subscribe(channel, (message) => listeners.tellMessage(message)),
    onOpen() {
      listeners.tellGap();
      onOpen();
    },
  });
  const isReachable = (): boolean => commands.isOpen() && messages.isOpen();

  const redis = createRedisCommands(commands, address);
  const keyOf = createRedisKey(prefix);
  await Promise.all([commands.tried, messages.tried]);
  return {
    ...createRedisLogs(redis, keyOf, retention),
    ...createRedisLeases(redis, keyOf, retention.idleMs),

    readNote: (key) => redis.ask(z.string().nullable(), 'GET', keyOf(key, 'note')),
    async writeNote(key, text, ttlMs) {
      await redis.ask(z.literal('OK'), 'SET', keyOf(key, 'note'), text, 'PX', String(ttlMs));
    },
    async removeNote(key) {
      await redis.ask(z.int(), 'DEL', keyOf(key, 'note'));
    },

    async publish(message) {
      await redis.ask(z.int(), 'PUBLISH', channel, message);
    },
    listen: (listener) => listeners.add(listener),
    isReachable,
    async close() {
      await Promise.all([commands.close(), messages.close()]);
    },
  };
}
