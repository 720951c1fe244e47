/** Processor time per operation by kind of work, in the limit and in the gateway, from their CPU profiles. */
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { median, table } from '../table.ts';
import { gatewayContestant, limitContestant } from './contestants.ts';
import { JOB_NAMES } from './jobs.ts';
import type { JobName } from './jobs.ts';
import { WARM_UP_MS } from './plan.ts';
import { startRace } from './race.ts';
import type { Figures } from './race.ts';

/**
 * https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile, of which `timeDeltas` are
 * microseconds.
 */
const cpuProfile = z.object({
  nodes: z.array(z.object({ id: z.int(), callFrame: z.object({ functionName: z.string(), url: z.string() }) })),
  samples: z.array(z.int()),
  timeDeltas: z.array(z.number()),
});

interface CalledFunction {
  readonly functionName: string;
  readonly url: string;
}

const ROUNDS = 6;
const SLICE_MS = 800;
/** The busy time that counts, at most: the last slices of a process. */
const MEASURED_US = ROUNDS * SLICE_MS * 1_000;

const IDLE = '(idle)';

/** Kinds of work, and the functions that do it: the first match wins. */
const WORK: readonly (readonly [kind: string, fits: (called: CalledFunction) => boolean])[] = [
  [IDLE, ({ functionName }) => functionName === IDLE],
  ['garbage collection', ({ functionName }) => functionName === '(garbage collector)'],
  // The compiler inlines JSON.parse into its caller.
  [
    'parsing the replies of Graph',
    ({ functionName, url }) => functionName === 'parseJson' || /\/(queries\/limit|exchange\/long-json)\.ts$/.test(url),
  ],
  ['building and serializing the response', ({ url }) => /\/(src\/graphql|bench\/queries)\//.test(url)],
  ["checking the types of Graph's properties", ({ url }) => url.includes('/src/msgraph/resources/')],
  ['scheduling, batching and budgets', ({ url }) => url.includes('/src/msgraph/')],
  ['loading each resource once', ({ url }) => /\/(src\/recordings|node_modules\/dataloader)\//.test(url)],
  ['promises', ({ functionName }) => functionName === 'runMicrotasks'],
  [
    'other work of a server: log, metrics, headers, limits',
    ({ url }) => /\/(src|node_modules\/(?!undici\/))/.test(url),
  ],
  ['HTTP and everything else in Node.js and undici', () => true],
];

const KINDS = WORK.map(([kind]) => kind).filter((kind) => kind !== IDLE);

function kindOf(called: CalledFunction): string {
  return WORK.find(([, fits]) => fits(called))?.[0] ?? IDLE;
}

/** The share of each kind of work in a process's last busy time: before, it was warmed up. */
async function sharesIn(folder: string): Promise<ReadonlyMap<string, number>> {
  const [file = ''] = await readdir(folder);
  const { nodes, samples, timeDeltas } = cpuProfile.parse(JSON.parse(await readFile(join(folder, file), 'utf8')));
  const kinds = new Map(nodes.map(({ id, callFrame }) => [id, kindOf(callFrame)]));
  const spent = new Map(KINDS.map((kind) => [kind, 0]));
  let whole = 0;
  for (let index = samples.length - 1; index >= 0 && whole < MEASURED_US; index -= 1) {
    const kind = kinds.get(samples[index] ?? 0) ?? IDLE;
    const deltaUs = timeDeltas[index] ?? 0;
    if (kind === IDLE) continue;
    spent.set(kind, (spent.get(kind) ?? 0) + deltaUs);
    whole += deltaUs;
  }
  return new Map(Array.from(spent, ([kind, part]) => [kind, part / whole]));
}

/**
 * Measures both while Node.js records their profiles, which go into folders of their names. They are warmed up as in the
 * race, with the smallest job first: after a large one V8 allocates more in old memory, and the limit is a third slower.
 */
async function race(job: JobName, folder: string): Promise<ReadonlyMap<string, readonly Figures[]>> {
  const both = [limitContestant(join(folder, 'limit')), gatewayContestant(join(folder, 'gateway'))];
  const { warmUp, measure, stop } = await startRace(both, JOB_NAMES);
  try {
    for (const name of JOB_NAMES) await warmUp(name, WARM_UP_MS);
    return await measure({ job, latencyMs: 0, concurrency: 32 }, ROUNDS, SLICE_MS);
  } finally {
    // Each process writes its profile when it ends.
    await stop();
  }
}

/** The processor time of each kind of work per operation, in ms: of the limit, and of the gateway. */
async function profile(job: JobName): Promise<readonly ReadonlyMap<string, number>[]> {
  const folder = await mkdtemp(join(tmpdir(), 'profile-'));
  try {
    const figures = await race(job, folder);
    return await Promise.all(
      Array.from(figures, async ([name, slices]) => {
        const cpuMs = median(slices.map((slice) => slice.cpuMs ?? NaN)) ?? NaN;
        return new Map(Array.from(await sharesIn(join(folder, name)), ([kind, share]) => [kind, share * cpuMs]));
      }),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Measures the kinds of work in the largest jobs, and prints them as a table. */
export async function timeTable(): Promise<string> {
  const columns = [...(await profile('HundredRecordings')), ...(await profile('HundredEntities'))];
  const sums = columns.map((column) => [...column.values()].reduce((sum, part) => sum + part, 0));
  return table(
    ['CPU ms per operation', '100 recordings: limit', 'gateway', '`_entities`: limit', 'gateway'],
    [
      ...KINDS.map((kind) => [kind, ...columns.map((column) => (column.get(kind) ?? 0).toFixed(2))]),
      ['total', ...sums.map((sum) => sum.toFixed(2))],
    ],
  );
}
