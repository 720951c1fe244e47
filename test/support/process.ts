/** The gateway as a process of its own, as in production: `node src/main.ts`, or `npm start`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { variables } from '../../src/variables/variables.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export interface ProcessOptions {
  /** The variables to set. All others of the gateway are empty, regardless of the machine and its .env. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Names of variables that are left unset, so that a file can set them. */
  readonly unset?: readonly string[];
  /** The working folder; an empty one when left out. `npm start` always runs at the root of the project. */
  readonly folder?: string;
  readonly throughNpm?: boolean;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface GatewayProcess {
  readonly pid: number;
  /** Resolves with the first line of the log with this message. Rejects if the process ends without it. */
  logged(message: string): Promise<Readonly<Record<string, unknown>>>;
  /** Everything written so far to standard output and standard error. */
  written(): { readonly output: string; readonly errors: string };
  /** Closes the reading end of its standard output, as a reader of the log that goes away does. */
  stopReading(): void;
  /** Sends a signal: to the first process alone, or to all of them, as a terminal does. */
  send(signal: NodeJS.Signals, to?: 'first' | 'all'): void;
  /** Resolves when the first process has ended and all its output has been read. */
  readonly exit: Promise<Exit>;
  /** Whether any process is left: the first, or one that it started. */
  isAlive(): boolean;
}

/** An empty folder that is removed with the test. */
export async function createFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gateway-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

/** One line of the log; null if the line is not of the log, but npm's for instance. */
function parseLine(line: string): Readonly<Record<string, unknown>> | null {
  if (!line.startsWith('{')) return null;
  const parsed: unknown = JSON.parse(line);
  return parsed instanceof Object ? Object.fromEntries(Object.entries(parsed)) : null;
}

/** Starts the gateway as a process, which is gone at the latest when the test is over. */
export async function startProcess(options: ProcessOptions = {}): Promise<GatewayProcess> {
  const unset = new Set(options.unset);
  const empty = Object.keys(variables).filter((name) => !unset.has(name));
  const [command, args, cwd] = options.throughNpm
    ? ['npm', ['start'], ROOT]
    : [process.execPath, [join(ROOT, 'src/main.ts')], options.folder ?? (await createFolder())];
  // Variables that a program needs to be found and to run, such as PATH, are the machine's.
  // oxlint-disable-next-line node/no-process-env
  const inherited = Object.entries(process.env).filter(([name]) => !unset.has(name));
  const child = spawn(command, args, {
    cwd,
    env: {
      ...Object.fromEntries(inherited),
      ...Object.fromEntries(empty.map((name) => [name, ''])),
      // Most of them get work only from the test.
      DRAIN_DELAY_MS: '0',
      // Other tests keep the machine busy: no request may be refused because of that.
      OVERLOAD_DELAY_MS: '60000',
      ...options.environment,
    },
    // A process group of its own, to find any process that the first one leaves behind.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  await once(child, 'spawn');
  const group = -(child.pid ?? 0);
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (errors += chunk));
  const exit = new Promise<Exit>((resolve) => child.once('close', (code, signal) => resolve({ code, signal })));

  function isAlive(): boolean {
    try {
      return process.kill(group, 0);
    } catch {
      // ESRCH: the group has no process any more.
      return false;
    }
  }

  function find(message: string): Readonly<Record<string, unknown>> | undefined {
    // The text after the last line break is an incomplete line.
    const lines = output.split('\n').slice(0, -1).map(parseLine);
    return lines.find((line) => line?.['msg'] === message) ?? undefined;
  }

  onTestFinished(async () => {
    if (isAlive()) process.kill(group, 'SIGKILL');
    await exit;
  });
  return {
    pid: -group,
    exit,
    isAlive,
    written: () => ({ output, errors }),
    stopReading: () => void child.stdout.destroy(),
    send: (signal, to = 'first') => process.kill(to === 'all' ? group : -group, signal),
    logged(message) {
      return new Promise((resolve, reject) => {
        const look = (): void => {
          const line = find(message);
          if (line !== undefined) resolve(line);
        };
        child.stdout.on('data', look);
        void exit.then(() => reject(new Error(`It ended before it logged "${message}": ${output}${errors}`)));
        look();
      });
    },
  };
}
