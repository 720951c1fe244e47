/**
 * One connection to Redis, reopened whenever it is lost. The library can do that too, but it waits forever for a
 * missing reply, and it cannot be stopped while it connects or waits to connect.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { ErrorReply } from '@redis/client';
import { createCommandWindow } from './command-window.ts';
import type { CommandWindow } from './command-window.ts';
import { StoreError } from './error.ts';
import type { RedisAddress } from './redis-address.ts';
import { createRedisClient } from './redis-client.ts';
import type { RedisClient } from './redis-client.ts';
import { redisFailure } from './redis-failure.ts';

/** Connecting, TLS, authentication and `prepare` may each take as long as a reply. */
const OPENING_ANSWERS = 4;
/** How often Redis is pinged: a machine that vanishes does not close its connections. */
const HEARTBEAT_MS = 1_000;
/**
 * After an outage every organizer sends commands at once. Without a limit, all would wait for the replies to all before
 * them, time out together, and do the same after reconnecting. Redis and the network are busy with fewer.
 */
const MAX_IN_FLIGHT = 256;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2_000;

export interface RedisConnectionOptions {
  readonly address: RedisAddress;
  /** A certificate authority to trust in addition to the default ones, in PEM. */
  readonly certificateAuthority?: string | undefined;
  /** How long a reply may take, from when its command is sent. */
  readonly commandTimeoutMs: number;
  /** Called with each new client before it counts as open. If it rejects, opening has failed. */
  readonly prepare?: (client: RedisClient) => Promise<void>;
  readonly onOpen: () => void;
  /** Called each time that the connection was lost, or could not be opened. */
  readonly onFailed: (error: StoreError) => void;
}

export interface RedisConnection {
  /**
   * Sends a command and resolves with the reply. While many others are in flight, the command waits in order. Rejects
   * at once when there is no connection, with an `ErrorReply` when Redis refuses, and with any other error when the
   * connection is lost, even if the command was still waiting, or when the reply takes too long.
   */
  send(command: readonly string[]): Promise<unknown>;
  isOpen(): boolean;
  /** Resolves when the first attempt to open it has succeeded or failed. */
  readonly tried: Promise<void>;
  /** Closes it, whatever its state. Pending commands fail. */
  close(): Promise<void>;
}

interface OpenClient {
  readonly client: RedisClient;
  readonly window: CommandWindow;
  readonly lose: (reason: unknown) => void;
  /** Why it was lost; undefined as long as it was not. */
  readonly lostBecause: () => unknown;
}

/** Whether Redis refused to write because it is a replica. Redis 5 and 6 put that behind the name of the script. */
function isFromReplica(error: unknown): boolean {
  return error instanceof ErrorReply && /(?:^|-)READONLY /.test(error.message);
}

/** Opens a connection and keeps it open until it is closed. */
export function openRedisConnection(options: RedisConnectionOptions): RedisConnection {
  const { address, certificateAuthority, commandTimeoutMs, prepare, onOpen, onFailed } = options;
  const name = `${address.host}:${address.port}`;
  const openTimeoutMs = OPENING_ANSWERS * commandTimeoutMs;
  const closing = new AbortController();
  const tried = Promise.withResolvers<void>();
  let open: OpenClient | null = null;

  async function within<Answer>(timeoutMs: number, answer: Promise<Answer>): Promise<Answer> {
    const tooSlow = Promise.withResolvers<never>();
    const tell = (): void => tooSlow.reject(new StoreError(`Redis at ${name} did not respond within ${timeoutMs} ms.`));
    // If this process was busy, the reply may have come meanwhile. It is read before the immediate runs.
    const timer = setTimeout(() => setImmediate(tell), timeoutMs);
    try {
      return await Promise.race([answer, tooSlow.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  async function send(command: readonly string[]): Promise<unknown> {
    if (open === null) throw new StoreError(`The gateway is currently not connected to Redis at ${name}.`);
    const { client, window, lose, lostBecause } = open;
    try {
      return await window.run(() => within(commandTimeoutMs, client.sendCommand<unknown>(command)));
    } catch (error) {
      // Replies come in the order of the commands, so none comes after a missing one. A primary that has become a
      // replica stays one: reconnecting finds the new primary.
      if (error instanceof StoreError || isFromReplica(error)) lose(error);
      // The library's error for pending commands does not say why the connection was lost.
      throw lostBecause() ?? error;
    }
  }

  /** Runs one client until it is lost. Rejects then, and when it cannot be opened. */
  async function live(onOpened: () => void): Promise<never> {
    const lost = Promise.withResolvers<never>();
    const ending = new AbortController();
    const { signal } = ending;
    const client = createRedisClient({ address, certificateAuthority, connectTimeoutMs: openTimeoutMs, signal });
    let lossReason: unknown;
    const lose = (reason: unknown): void => {
      lossReason ??= reason;
      if (open?.client === client) open = null;
      lost.reject(reason);
    };
    const start = async (): Promise<void> => {
      await client.connect();
      // A connected Redis may still refuse commands: it may want a password, or be loading.
      await client.sendCommand(['PING']);
      await prepare?.(client);
    };
    client.on('error', lose);
    closing.signal.addEventListener('abort', () => lose(closing.signal.reason), { signal });
    let heartbeat: NodeJS.Timeout | undefined;
    try {
      await within(openTimeoutMs, Promise.race([start(), lost.promise]));
      open = { client, window: createCommandWindow(MAX_IN_FLIGHT), lose, lostBecause: () => lossReason };
      heartbeat = setInterval(() => void send(['PING']).catch(lose), HEARTBEAT_MS).unref();
      onOpened();
      return await lost.promise;
    } finally {
      clearInterval(heartbeat);
      client.destroy();
      ending.abort();
    }
  }

  async function keepOpen(): Promise<void> {
    for (let failures = 0; !closing.signal.aborted; failures += 1) {
      try {
        await live(() => {
          failures = 0;
          tried.resolve();
          onOpen();
        });
      } catch (error) {
        if (!closing.signal.aborted) onFailed(redisFailure(error, address));
      }
      tried.resolve();
      const longestMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures);
      // With jitter, so that replicas that have all lost it do not all reconnect at once.
      const pauseMs = longestMs * (0.5 + Math.random() / 2);
      await pause(pauseMs, undefined, { signal: closing.signal, ref: false }).catch(() => undefined);
    }
  }

  const ended = keepOpen();
  return {
    send,
    isOpen: () => open !== null,
    tried: tried.promise,
    async close() {
      closing.abort(new StoreError(`The connection to Redis at ${name} is closed.`));
      await ended;
    },
  };
}
