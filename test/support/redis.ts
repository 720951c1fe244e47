/** A Redis of the test's own, if Redis is installed. */
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { createClient } from '@redis/client';
import { onTestFinished } from 'vitest';
import { findFreePort } from './free-port.ts';

const command = 'redis-server';

/** For the title of a test that is skipped without Redis. */
export const redisNote = `skipped where ${command} is not on the PATH`;

/** Whether Redis can be started on this machine. */
export function hasRedis(): boolean {
  return spawnSync('which', [command]).status === 0;
}

export interface RedisOptions {
  /** Further flags for the command line: `--requirepass secret` for instance. */
  readonly flags?: readonly string[];
  /** The key and the certificate for TLS, in PEM. */
  readonly tls?: { readonly private: string; readonly cert: string };
}

export interface Redis {
  /** Its URL, never at port 6379: `redis://127.0.0.1:…`, or `rediss://` with TLS. */
  readonly url: string;
  /** Sends it a command as the default user, and gives its answer. */
  ask(...words: readonly string[]): Promise<unknown>;
  /** Every command that it executes from now on, including those of scripts, as `MONITOR` reports them. */
  watch(): Promise<readonly string[]>;
  /** Ends it as an administrator does. Its data are there when it is started again. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Suspends the process at any point, with all its connections open. */
  pause(): void;
  resume(): void;
}

export interface LaunchedRedis extends Redis {
  /** Kills it, and removes its data. */
  end(): Promise<void>;
}

type RedisProcess = ChildProcessByStdio<null, Readable, null>;

/** Starts a process, and resolves when it accepts connections. Rejects if it ends before. */
async function startServer(flags: readonly string[]): Promise<RedisProcess> {
  const server = spawn(command, flags, { stdio: ['ignore', 'pipe', 'inherit'] });
  let written = '';
  await new Promise<void>((resolve, reject) => {
    server.once('close', () => reject(new Error(`${command} has ended: ${written}`)));
    server.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      written += chunk;
      if (written.includes('Ready to accept connections')) resolve();
    });
  });
  return server;
}

async function endServer(server: RedisProcess, signal: NodeJS.Signals): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, 'close');
  server.kill(signal);
  await ended;
}

/** Starts a Redis as `launchRedis` does; it ends with the test. */
export async function startRedis(options?: RedisOptions): Promise<Redis> {
  const redis = await launchRedis(options);
  onTestFinished(() => redis.end());
  return redis;
}

/**
 * Starts a Redis on a port and in a folder of its own, where it keeps its data. The caller ends it, after all tests of
 * a file for instance.
 */
export async function launchRedis({ flags = [], tls }: RedisOptions = {}): Promise<LaunchedRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'redis-'));
  const [port, tlsPort, busPort] = [await findFreePort(), await findFreePort(), await findFreePort()];
  const all = ['--bind', '127.0.0.1', '--port', String(port), '--dir', folder, '--appendonly', 'yes', '--save', ''];
  if (flags.includes('--cluster-enabled')) all.push('--cluster-port', String(busPort));
  if (tls !== undefined) {
    const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
    await writeFile(key, tls.private);
    await writeFile(certificate, tls.cert);
    all.push('--tls-port', String(tlsPort), '--tls-key-file', key, '--tls-cert-file', certificate);
    all.push('--tls-ca-cert-file', certificate, '--tls-auth-clients', 'no');
  }
  let server = await startServer([...all, ...flags]);
  async function connect() {
    const client = createClient({ socket: { host: '127.0.0.1', port, reconnectStrategy: false } });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }
  return {
    url: tls === undefined ? `redis://127.0.0.1:${port}` : `rediss://127.0.0.1:${tlsPort}`,
    async ask(...words) {
      const client = await connect();
      try {
        return await client.sendCommand<unknown>(words);
      } finally {
        client.destroy();
      }
    },
    async watch() {
      const client = await connect();
      onTestFinished(() => client.destroy());
      const commands: string[] = [];
      await client.monitor((line) => commands.push(line));
      return commands;
    },
    stop: () => endServer(server, 'SIGTERM'),
    async start() {
      server = await startServer([...all, ...flags]);
    },
    pause: () => void server.kill('SIGSTOP'),
    resume: () => void server.kill('SIGCONT'),
    async end() {
      await endServer(server, 'SIGKILL');
      await rm(folder, { recursive: true });
    },
  };
}
