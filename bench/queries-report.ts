/** The benchmark of queries: speed and cost of each contestant as ratios to the limit, and the page of results. */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { arch, availableParallelism, cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Benchmark, Choices, Report } from './benchmark.ts';
import { chart } from './queries/chart.ts';
import { gatewayContestant, limit, peers, PEERS_FOLDER } from './queries/contestants.ts';
import { JOB_NAMES } from './queries/jobs.ts';
import { details, overview, targetTable } from './queries/page.ts';
import { fullPlan, quickPlan, WARM_UP_MS } from './queries/plan.ts';
import type { Turn } from './queries/plan.ts';
import { timeTable } from './queries/profile.ts';
import { CONTESTANTS, HOW_TO_READ, WHERE_TIME_GOES, WHY_IT_IS_SO } from './queries/prose.ts';
import { startRace } from './queries/race.ts';
import type { Race } from './queries/race.ts';
import { summarize } from './queries/summary.ts';
import type { MeasuredCell } from './queries/summary.ts';
import { table } from './table.ts';

const GIB = 1_024 ** 3;

const arePeersThere = (): boolean => existsSync(`${PEERS_FOLDER}node_modules`);

interface Outcome {
  readonly cells: readonly MeasuredCell[];
  /** Reasons why measurements are missing, each in a sentence. */
  readonly faults: readonly string[];
}

async function measureAll(race: Race, plan: readonly Turn[], signal: AbortSignal): Promise<Outcome> {
  const cells: MeasuredCell[] = [];
  for (const { rounds, sliceMs, ...cell } of plan) {
    if (signal.aborted) {
      return { cells, faults: [`The time was sufficient for only ${cells.length} of ${plan.length} measurements.`] };
    }
    try {
      cells.push(summarize(cell, await race.measure(cell, rounds, sliceMs), limit.name));
    } catch (error) {
      // Requests of this slice may still be in flight, so nothing can be measured after it.
      return {
        cells,
        faults: [`The benchmark stopped after ${cells.length} of ${plan.length} measurements: ${String(error)}`],
      };
    }
  }
  return { cells, faults: [] };
}

/** Measures the plan until the signal aborts or a contestant fails to answer, and ends the race. */
async function measure(race: Race, plan: readonly Turn[], signal: AbortSignal): Promise<Outcome> {
  try {
    for (const job of JOB_NAMES) await race.warmUp(job, WARM_UP_MS);
    return await measureAll(race, plan, signal);
  } finally {
    await race.stop();
  }
}

const packageFile = z.object({ dependencies: z.record(z.string(), z.string()) });

async function versions(): Promise<string> {
  const { dependencies } = packageFile.parse(JSON.parse(await readFile(`${PEERS_FOLDER}package.json`, 'utf8')));
  return Object.entries(dependencies)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ');
}

async function machine(): Promise<string> {
  return `Measured on ${availableParallelism()} cores (${cpus()[0]?.model ?? 'unknown'}, ${arch()}) with ${Math.round(totalmem() / GIB)} GiB, Node.js ${process.version}, ${await versions()}.\n`;
}

async function write(cells: readonly MeasuredCell[], times: string): Promise<void> {
  const docs = fileURLToPath(new URL('../docs/', import.meta.url));
  const page = [
    '# Benchmark\n',
    HOW_TO_READ,
    table(['contestant', 'description'], CONTESTANTS),
    await machine(),
    '## Targets\n',
    targetTable(cells, limit.name),
    '## Operations per second, as ratios to the limit\n',
    '![Operations per second as ratios to the limit, for each job, 32 at once](benchmark.svg)\n',
    overview(cells, 'perSecond'),
    '## Median response time, as ratios to the limit\n',
    overview(cells, 'p50Ms'),
    WHERE_TIME_GOES,
    times,
    WHY_IT_IS_SO,
    '## All measurements\n',
    details(cells),
  ].join('\n');
  await writeFile(`${docs}benchmark.md`, page);
  await writeFile(`${docs}benchmark.svg`, chart(cells.filter(({ concurrency }) => concurrency === 32)));
}

async function report(signal: AbortSignal, { isQuick, isWritten, profileFolder }: Choices): Promise<Report> {
  const others = isQuick || !arePeersThere() ? [] : peers;
  const race = await startRace([limit, gatewayContestant(profileFolder), ...others], JOB_NAMES);
  const { cells, faults } = await measure(race, isQuick ? quickPlan : fullPlan, signal);
  const times = isQuick ? null : await timeTable();
  if (isWritten && times !== null) await write(cells, times);
  const missing =
    isQuick || others.length > 0
      ? null
      : 'The other contestants are not installed. Run `npm ci --prefix bench/peers` to install them.\n';
  const parts = [targetTable(cells, limit.name), details(cells), times, missing];
  return { page: parts.filter((part) => part !== null).join('\n'), faults };
}

/** How fast each contestant answers queries. */
export const queries: Benchmark = { longestMs: 720_000, report };
