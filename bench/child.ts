/** Child processes of a benchmark: they end with it, however it ends, and a timeout counts as a failure. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { findFreePort } from '../test/support/free-port.ts';
import { readUsage } from './usage.ts';
import type { Usage } from './usage.ts';

/** A server in its own process. */
export interface ServerProcess {
  readonly url: string;
  readonly usage: () => Promise<Usage | null>;
  /** Sends an IPC message and resolves with the program's answer; rejects when there is none. */
  readonly ask: (question: string) => Promise<unknown>;
  readonly stop: () => Promise<void>;
}

export interface ServerOptions {
  /** The file of its program. */
  readonly program: string;
  /** Given to Node.js before the program. */
  readonly nodeOptions?: readonly string[];
  /** Its whole environment except `NODE_ENV`, `PORT` and `PUBLIC_URL`. */
  readonly environment: Readonly<Record<string, string>>;
  /** Text of the standard output line that reports that it listens. */
  readonly listeningLine: string;
  /** Whether it is ended by SIGTERM, to finish its work first; otherwise it is killed. */
  readonly isAskedToEnd?: boolean;
}

/** Operations that take longer are broken, not slow. */
const LONGEST_MS = 20_000;

/** Waits for an outcome. Rejects with a sentence when it takes longer than `longestMs`. */
export async function inTime<Value>(outcome: Promise<Value>, what: string, longestMs = LONGEST_MS): Promise<Value> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`Expected ${what} within ${longestMs} ms.`)), longestMs);
  try {
    return await Promise.race([outcome, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

const children = new Set<ChildProcess>();

function killAll(): void {
  for (const child of children) child.kill('SIGKILL');
}

/** Kills the child when the benchmark ends. The returned function ends it earlier and waits for its exit. */
export function endWithUs(child: ChildProcess, signal: NodeJS.Signals = 'SIGKILL'): () => Promise<void> {
  if (children.size === 0) process.once('exit', killAll);
  children.add(child);
  const exited = once(child, 'exit');
  return async () => {
    child.kill(signal);
    await exited;
    children.delete(child);
    if (children.size === 0) process.off('exit', killAll);
  };
}

/**
 * Starts a server on a free port chosen beforehand, in a folder without a settings file and without the machine's
 * environment. Resolves when it listens. Rejects when it ends instead, or takes too long.
 */
export async function startServer(options: ServerOptions): Promise<ServerProcess> {
  const { program, nodeOptions = [], environment, listeningLine, isAskedToEnd = false } = options;
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  const folder = await mkdtemp(join(tmpdir(), 'bench-'));
  const child = spawn(process.execPath, [...nodeOptions, program], {
    cwd: folder,
    env: { NODE_ENV: 'production', PORT: String(port), PUBLIC_URL: url, ...environment },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const stop = endWithUs(child, isAskedToEnd ? 'SIGTERM' : 'SIGKILL');
  const ended = once(child, 'exit').then(() => {
    throw new Error(`Expected ${program} to listen, but it exited.`);
  });
  ended.catch(() => {});
  const listening = Promise.withResolvers<void>();
  const { stdout } = child;
  if (stdout === null) throw new Error('Expected a process whose output can be read.');
  createInterface(stdout).on('line', (line) => {
    if (line.includes(listeningLine)) listening.resolve();
  });
  await inTime(Promise.race([listening.promise, ended]), `${program} to listen`);
  return {
    url,
    usage: () => readUsage(child.pid ?? 0),
    async ask(question) {
      child.send(question);
      const [said] = await inTime(once(child, 'message'), `${program} to answer`);
      return said;
    },
    async stop() {
      await stop();
      await rm(folder, { recursive: true });
    },
  };
}
