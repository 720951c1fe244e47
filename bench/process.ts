/** The processes of a benchmark: the gateway as it is run for real, and crowds that listen to it. */
import { fork, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { findFreePort } from '../test/support/free-port.ts';
import { report, weight } from './message.ts';
import type { Arrival, Heard, Report, Weight } from './message.ts';
import { readUsage } from './usage.ts';
import type { Usage } from './usage.ts';

export interface GatewayProcess {
  readonly url: string;
  usage(): Promise<Usage | null>;
  /** What it holds once its garbage is collected. */
  weigh(): Promise<Weight>;
  stop(): Promise<void>;
}

export interface Crowd {
  /** Resolves when everybody listens and has had their first event. Rejects when somebody cannot. */
  arrive(arrival: Arrival): Promise<void>;
  /** Resolves when everybody has heard of a recording. Rejects when somebody hears nothing any more. */
  heard(recording: string): Promise<Heard>;
  usage(): Promise<Usage | null>;
  stop(): Promise<void>;
}

/** What takes longer is not slow but broken. */
const LONGEST_MS = 20_000;

async function inTime<Value>(outcome: Promise<Value>, what: string): Promise<Value> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`Expected ${what} within ${LONGEST_MS} ms.`)), LONGEST_MS);
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

/** Whatever ends the benchmark ends what it has started. What is returned ends it before. */
function endWithUs(child: ChildProcess): () => Promise<void> {
  if (children.size === 0) process.once('exit', killAll);
  children.add(child);
  const exited = once(child, 'exit');
  return async () => {
    child.kill('SIGKILL');
    await exited;
    children.delete(child);
    if (children.size === 0) process.off('exit', killAll);
  };
}

/** Starts a gateway over an emulator, which notifies it. Resolves when it listens. */
export async function startGateway(
  graphUrl: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<GatewayProcess> {
  // It must know its port beforehand, to say to Graph where it is reached.
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  const folder = await mkdtemp(join(tmpdir(), 'bench-'));
  const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
  const weighed = new URL('weighed.ts', import.meta.url).href;
  const child = spawn(process.execPath, ['--expose-gc', '--import', weighed, main], {
    // A folder without a file of settings, and nothing of what the machine has set.
    cwd: folder,
    env: {
      NODE_ENV: 'production',
      PORT: String(port),
      PUBLIC_URL: url,
      GRAPH_BASE_URL: graphUrl,
      GRAPH_TOKEN: 'bench',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const stop = endWithUs(child);
  const ended = once(child, 'exit').then(() => {
    throw new Error('Expected the gateway to listen, but it has ended.');
  });
  ended.catch(() => {});
  const listening = Promise.withResolvers<void>();
  const { stdout } = child;
  if (stdout === null) throw new Error('Expected a process whose output can be read.');
  createInterface(stdout).on('line', (line) => {
    if (line.includes('"msg":"listening"')) listening.resolve();
  });
  await inTime(Promise.race([listening.promise, ended]), 'the gateway to listen');
  return {
    url,
    usage: () => readUsage(child.pid ?? 0),
    async weigh() {
      child.send('weigh');
      const [said] = await inTime(once(child, 'message'), 'the gateway to be weighed');
      return weight.parse(said);
    },
    async stop() {
      await stop();
      await rm(folder, { recursive: true });
    },
  };
}

/** Starts a crowd, of nobody at first. */
export async function startCrowd(): Promise<Crowd> {
  const child = fork(fileURLToPath(new URL('crowd.ts', import.meta.url)));
  const stop = endWithUs(child);
  const waiting = new Map<string, (said: Report) => void>();
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => {});

  child.on('message', (given) => {
    const said = report.parse(given);
    if (said.kind === 'failed') failed.reject(new Error(said.reason));
    else waiting.get(said.kind === 'heard' ? said.recording : said.kind)?.(said);
  });

  async function told(key: string, what: string): Promise<Report> {
    const said = new Promise<Report>((resolve) => waiting.set(key, resolve));
    try {
      return await inTime(Promise.race([said, failed.promise]), what);
    } finally {
      waiting.delete(key);
    }
  }

  await told('ready', 'a crowd to start');
  return {
    stop,
    usage: () => readUsage(child.pid ?? 0),
    async arrive(arrival) {
      child.send(arrival);
      await told('arrived', `${arrival.subscribers} subscribers to have their first event`);
    },
    async heard(recording) {
      const said = await told(recording, 'everybody to hear of a recording');
      if (said.kind !== 'heard') throw new Error(`Expected to be told who heard, not "${said.kind}".`);
      return said;
    },
  };
}
