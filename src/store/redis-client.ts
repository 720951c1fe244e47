/** A client of the library, set up so that it makes one connection, once. */
import { isIP } from 'node:net';
import { getCACertificates } from 'node:tls';
import { createClient } from '@redis/client';
import type { RedisAddress } from './redis-address.ts';

export interface RedisClientOptions {
  readonly address: RedisAddress;
  /** A certificate authority to trust beside the usual ones, in PEM. */
  readonly certificateAuthority: string | undefined;
  readonly connectTimeoutMs: number;
  /** Ends the connection, also while it is being made: the client's own `destroy` does not reach it then. */
  readonly signal: AbortSignal;
}

export type RedisClient = ReturnType<typeof createRedisClient>;

/** Creates a client that is not connected yet. It makes no second connection when it has lost the first. */
export function createRedisClient({ address, certificateAuthority, connectTimeoutMs, signal }: RedisClientOptions) {
  const { host, port, username, password, database } = address;
  const socket = { host, port, signal, connectTimeout: connectTimeoutMs, reconnectStrategy: false } as const;
  const tls = {
    // The list takes the place of the usual authorities.
    ...(certificateAuthority !== undefined && { ca: [...getCACertificates('default'), certificateAuthority] }),
    // Where several servers are behind one address, the name tells which is meant, and Node does not send it unasked.
    ...(isIP(host) === 0 && { servername: host }),
  };
  return createClient({
    // By HELLO, RESP 3 would tell the password to a server that does not know the command, and that repeats it.
    RESP: 2,
    socket: address.isTls ? { ...socket, ...tls, tls: true } : socket,
    ...(username !== '' && { username }),
    ...(password !== '' && { password }),
    database,
    disableOfflineQueue: true,
    // The library's own limit ends when a command is written, and one that is written may wait for ever.
    commandOptions: { timeout: 0 },
    // Commands that nobody needs, and that a user with few permissions may not give.
    disableClientInfo: true,
    maintNotifications: 'disabled',
  });
}
