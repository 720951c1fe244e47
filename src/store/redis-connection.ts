/**
 * One connection to Redis, opened anew whenever it is lost. The library can do that too, but it waits for ever for an
 * answer that does not come, and it cannot be stopped while it connects or waits to connect.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { ErrorReply } from '@redis/client';
import { StoreError } from './error.ts';
import type { RedisAddress } from './redis-address.ts';
import { createRedisClient } from './redis-client.ts';
import type { RedisClient } from './redis-client.ts';
import { redisFailure } from './redis-failure.ts';

/** Connecting, TLS, signing in and whatever prepares it may each take as long as an answer. */
const OPENING_ANSWERS = 4;
/** How often Redis is asked whether it is still there: a machine that vanishes says nothing. */
const HEARTBEAT_MS = 1_000;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2_000;

export interface RedisConnectionOptions {
  readonly address: RedisAddress;
  /** A certificate authority to trust beside the usual ones, in PEM. */
  readonly certificateAuthority?: string | undefined;
  /** How long an answer may take. */
  readonly commandTimeoutMs: number;
  /** Done with each new client before it counts as open; when that fails, it does not. */
  readonly prepare?: (client: RedisClient) => Promise<void>;
  readonly onOpen: () => void;
  /** Told each time that the connection was lost, and each time that it could not be opened. */
  readonly onFailed: (error: StoreError) => void;
}

export interface RedisConnection {
  /**
   * Sends a command and gives Redis' answer. Rejects at once where there is no connection, with an `ErrorReply` where Redis
   * refuses, and with any other error when the connection is lost or the answer takes too long.
   */
  send(command: readonly string[]): Promise<unknown>;
  isOpen(): boolean;
  /** Resolves when it has been opened, or could not be opened, for the first time. */
  readonly tried: Promise<void>;
  /** Ends it, whatever it is doing. What has not been answered by then fails. */
  close(): Promise<void>;
}

interface OpenClient {
  readonly client: RedisClient;
  readonly lose: (reason: unknown) => void;
  /** Why it was lost: undefined as long as it was not. */
  readonly lostBecause: () => unknown;
}

function isFromReplica(error: unknown): boolean {
  return error instanceof ErrorReply && error.message.startsWith('READONLY');
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
    const tell = (): void => tooSlow.reject(new StoreError(`Redis at ${name} did not answer within ${timeoutMs} ms.`));
    // When this process was busy itself, the answer may have come meanwhile, and is read before an immediate is due.
    const timer = setTimeout(() => setImmediate(tell), timeoutMs);
    try {
      return await Promise.race([answer, tooSlow.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  async function send(command: readonly string[]): Promise<unknown> {
    if (open === null) throw new StoreError(`There is no connection to Redis at ${name} at the moment.`);
    const { client, lose, lostBecause } = open;
    try {
      return await within(commandTimeoutMs, client.sendCommand<unknown>(command));
    } catch (error) {
      // Answers come in the order of the commands, so that none comes behind one that is missing. And a primary that
      // has become a replica stays one: who is the primary now is found by connecting anew.
      if (error instanceof StoreError || isFromReplica(error)) lose(error);
      // What the library says of all that was under way is only that it is under way no more.
      throw lostBecause() ?? error;
    }
  }

  /** The life of one client. Rejects when it could not be opened, and when it is lost. */
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
      // Connected is not yet served: Redis may want a password, or still be loading.
      await client.sendCommand(['PING']);
      await prepare?.(client);
    };
    client.on('error', lose);
    closing.signal.addEventListener('abort', () => lose(closing.signal.reason), { signal });
    let heartbeat: NodeJS.Timeout | undefined;
    try {
      await within(openTimeoutMs, Promise.race([start(), lost.promise]));
      open = { client, lose, lostBecause: () => lossReason };
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
      // By chance, so that replicas which have all lost it do not all come back at once.
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
