/** A race of contestants over one Graph: their answers are compared first, then their speed is measured in turns. */
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { ServerProcess } from '../child.ts';
import { quantile } from '../table.ts';
import type { Contestant } from './contestants.ts';
import { jobs, requestBody } from './jobs.ts';
import type { JobName } from './jobs.ts';
import { startGraph, startLoad } from './processes.ts';
import { organizerOf } from './tenant.ts';

/** Cell: the conditions of a measurement. The job, Graph's latency, and the number of concurrent operations. */
export interface Cell {
  readonly job: JobName;
  readonly latencyMs: number;
  readonly concurrency: number;
  /** How many organizers are queried repeatedly; each operation has its own when left out. */
  readonly organizers?: number | null;
}

/** The results of one slice, per operation unless stated otherwise. */
export interface Figures {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Null where it cannot be read. */
  readonly cpuMs: number | null;
  readonly residentBytes: number | null;
  readonly requests: number;
  readonly parts: number;
}

export interface Race {
  /** The contestants. */
  readonly names: readonly string[];
  /** Lets all contestants answer a job for a while, so their code is compiled before measuring. */
  readonly warmUp: (job: JobName, durationMs: number) => Promise<void>;
  /** Measures `rounds` slices of each, in turns; by name. Rejects when an answer is wrong. */
  readonly measure: (cell: Cell, rounds: number, sliceMs: number) => Promise<Map<string, Figures[]>>;
  readonly stop: () => Promise<void>;
}

interface Runner {
  readonly name: string;
  readonly url: string;
  readonly server: ServerProcess;
}

const answer = z.object({ data: z.record(z.string(), z.unknown()), errors: z.never().optional() });

async function ask({ url, name }: Runner, job: JobName): Promise<{ readonly data: unknown; readonly bytes: number }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: requestBody(jobs[job])(organizerOf(0)),
  });
  const text = await response.text();
  const parsed = response.ok ? answer.safeParse(JSON.parse(text)) : null;
  if (!parsed?.success) {
    throw new Error(
      `Expected data from ${name} for ${job}, but received status ${response.status}: ${text.slice(0, 1_000)}`,
    );
  }
  return { data: parsed.data.data, bytes: Buffer.byteLength(text) };
}

/** The answer length of each contestant for each job. Rejects when an answer differs from the first contestant's. */
async function compare(runners: readonly Runner[], names: readonly JobName[]): Promise<Map<string, number>> {
  const lengths = new Map<string, number>();
  for (const job of names) {
    let expected: unknown;
    for (const runner of runners) {
      const { data, bytes } = await ask(runner, job);
      expected ??= data;
      if (!isDeepStrictEqual(data, expected)) {
        throw new Error(
          `Expected ${runner.name} to answer ${job} as ${runners[0]?.name} does, with ${JSON.stringify(expected).slice(0, 1_000)}, but it answers with ${JSON.stringify(data).slice(0, 1_000)}.`,
        );
      }
      lengths.set(`${runner.name} ${job}`, bytes);
    }
  }
  return lengths;
}

/** Starts all contestants and checks that their answers to these jobs are equal. Otherwise cleans up and rejects. */
export async function startRace(contestants: readonly Contestant[], names: readonly JobName[]): Promise<Race> {
  const [graph, load] = await Promise.all([startGraph(), startLoad()]);
  const runners: Runner[] = [];

  async function stop(): Promise<void> {
    await Promise.all(runners.map(({ server }) => server.stop()));
    await Promise.all([graph.stop(), load.stop()]);
  }

  async function answerLengths(): Promise<Map<string, number>> {
    for (const { name, path, start } of contestants) {
      const server = await start(graph.url);
      runners.push({ name, url: `${server.url}${path}`, server });
    }
    return compare(runners, names);
  }

  const lengths = await answerLengths().catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  let firstOperation = 1;

  async function slice(
    { name, url, server }: Runner,
    { job, latencyMs, concurrency, organizers = null }: Cell,
    durationMs: number,
  ): Promise<Figures> {
    await graph.recount(latencyMs);
    const before = await server.usage();
    const answerBytes = lengths.get(`${name} ${job}`) ?? 0;
    const outcome = await load.carryOut({
      url,
      job,
      concurrency,
      durationMs,
      firstOperation,
      organizers,
      answerBytes,
    });
    const after = await server.usage();
    const { requests, parts } = await graph.recount(latencyMs);
    const { latenciesMs, elapsedMs } = outcome;
    const operations = latenciesMs.length;
    firstOperation += operations;
    return {
      perSecond: (operations / elapsedMs) * 1_000,
      p50Ms: quantile(latenciesMs, 0.5) ?? 0,
      p99Ms: quantile(latenciesMs, 0.99) ?? 0,
      cpuMs: before === null || after === null ? null : (after.cpuMs - before.cpuMs) / operations,
      residentBytes: after?.residentBytes ?? null,
      requests: requests / operations,
      parts: parts / operations,
    };
  }

  /** Measures one slice of each, one after the other; by name. */
  async function sliceOfEach(cell: Cell, durationMs: number): Promise<Map<string, Figures>> {
    const figures = new Map<string, Figures>();
    for (const runner of runners) figures.set(runner.name, await slice(runner, cell, durationMs));
    return figures;
  }

  return {
    names: runners.map(({ name }) => name),
    stop,
    async warmUp(job, durationMs) {
      await sliceOfEach({ job, latencyMs: 0, concurrency: 32 }, durationMs);
    },
    async measure(cell, rounds, sliceMs) {
      // The first round is discarded: the processor's caches still hold data of the previous cell.
      await sliceOfEach(cell, sliceMs);
      const figures = new Map<string, Figures[]>(runners.map(({ name }) => [name, []]));
      for (let round = 0; round < rounds; round += 1) {
        const slices = await sliceOfEach(cell, sliceMs);
        for (const [name, one] of slices) figures.get(name)?.push(one);
      }
      return figures;
    },
  };
}
