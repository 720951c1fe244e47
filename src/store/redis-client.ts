/** Creates a client of `@redis/client` that connects once. */
import { isIP } from 'node:net';
import { createClient } from '@redis/client';
import { alsoTrusting } from '../certificate-authorities.ts';
import type { RedisAddress } from './redis-address.ts';

export interface RedisClientOptions {
  readonly address: RedisAddress;
  /** A certificate authority to trust in addition to the default ones, in PEM. */
  readonly certificateAuthority: string | undefined;
  readonly connectTimeoutMs: number;
  /** Ends the connection, even while connecting, when the client's own `destroy` does not. */
  readonly signal: AbortSignal;
}

export type RedisClient = ReturnType<typeof createRedisClient>;

/** Creates a client that is not connected yet. It does not reconnect. */
export function createRedisClient({ address, certificateAuthority, connectTimeoutMs, signal }: RedisClientOptions) {
  const { host, port, username, password, database } = address;
  const socket = { host, port, signal, connectTimeout: connectTimeoutMs, reconnectStrategy: false } as const;
  const tls = {
    ...alsoTrusting(certificateAuthority),
    // The name (SNI) selects one of several servers at one address, and Node does not send it by default.
    ...(isIP(host) === 0 && { servername: host }),
  };
  return createClient({
    // RESP 3 would send the password with HELLO, and a server that does not know this command repeats it.
    RESP: 2,
    socket: address.isTls ? { ...socket, ...tls, tls: true } : socket,
    ...(username !== '' && { username }),
    ...(password !== '' && { password }),
    database,
    disableOfflineQueue: true,
    // The library's own timeout ends when a command is written. After that it may wait forever.
    commandOptions: { timeout: 0 },
    // These send commands that are not needed, and that a user with few permissions may not run.
    disableClientInfo: true,
    maintNotifications: 'disabled',
  });
}
