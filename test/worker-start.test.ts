/** A worker that hangs before it listens is detected too. */
import { spawn } from 'node:child_process';
import cluster from 'node:cluster';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { expect, it, onTestFinished } from 'vitest';
import { startWorkers } from '../src/workers/primary.ts';
import type { Workers } from '../src/workers/primary.ts';
import { createDrivenClock } from './support/clock.ts';
import type { DrivenClock } from './support/clock.ts';

/** Six pings, and the response time of the last one. */
const INTERVALS = 7;
const INTERVAL_MS = 5_000;

interface Setting {
  readonly clock: DrivenClock;
  readonly started: Promise<Workers>;
  readonly logged: () => string;
}

/** Starts two workers, of which this many listen. */
function startTwo(listening: number): Setting {
  const clock = createDrivenClock();
  const exec = fileURLToPath(new URL('support/hanging-worker.ts', import.meta.url));
  cluster.setupPrimary({ exec, execArgv: [], silent: true });
  // A hanging worker does not notice that its primary exits.
  onTestFinished(() => Object.values(cluster.workers ?? {}).forEach((worker) => worker?.process.kill('SIGKILL')));
  const lines: string[] = [];
  const started = startWorkers({
    count: 2,
    log: pino({}, { write: (line: string) => lines.push(line) }),
    args: [String(listening)],
    longestEndMs: 30_000,
    clock,
  });
  return { clock, started, logged: () => lines.join('') };
}

it('A start fails with an explanation when the first worker hangs before it listens', async () => {
  const { clock, started, logged } = startTwo(0);
  for (let interval = 1; interval < INTERVALS; interval += 1) clock.advance(INTERVAL_MS);
  expect(logged()).toBe('');
  clock.advance(INTERVAL_MS);
  await expect(started).rejects.toMatchObject({
    name: 'WorkerStartError',
    message:
      'WORKERS: the first worker did not respond to a ping for half a minute before it listened, and was killed. Its event loop was blocked during startup.',
  });
  expect(logged()).toContain('"worker":1');
});

it('A further worker that hangs before it listens is killed and replaced, and the first one stays', async () => {
  const { clock, started, logged } = startTwo(1);
  const { end } = await started;
  const ended = once(cluster, 'exit');
  for (let interval = 0; interval < INTERVALS; interval += 1) {
    const answered = once(cluster, 'message');
    clock.advance(INTERVAL_MS);
    // oxlint-disable-next-line no-await-in-loop -- one ping after the other
    await answered;
  }
  await ended;
  expect(logged()).toMatch(/"worker":2,.*a worker does not respond and will be killed/);
  expect(logged()).toMatch(/"worker":2,.*"signal":"SIGKILL".*a worker has ended and will be replaced/);
  expect(logged()).not.toContain('"worker":1,');
  await end('SIGKILL');
});

it('A worker that hangs ends with its primary', async () => {
  const program = fileURLToPath(new URL('support/hanging-primary.ts', import.meta.url));
  const primary = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'ignore'] });
  const closed = once(primary, 'close');
  await once(createInterface(primary.stdout), 'line');
  primary.kill('SIGTERM');
  // The worker writes to the same pipe, which closes when no process holds it any more.
  expect(await closed).toEqual([0, null]);
});
