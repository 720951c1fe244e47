/** What a second worker brings on the cores that there are: one process and two workers over one Graph, in turns. */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Benchmark } from './benchmark.ts';
import { startServer } from './child.ts';
import type { Contestant } from './queries/contestants.ts';
import { jobs } from './queries/jobs.ts';
import type { JobName } from './queries/jobs.ts';
import { startRace } from './queries/race.ts';
import type { Figures } from './queries/race.ts';
import { median, table } from './table.ts';

const MEASURED: readonly JobName[] = ['OneRecording', 'HundredRecordings'];
const CONCURRENCY = 32;
const ROUNDS = 7;
const SLICE_MS = 800;
const WARM_UP_MS = 1_500;

function gateway(workers: number): Contestant {
  return {
    name: workers === 1 ? 'one process' : `${workers} workers`,
    path: '/graphql',
    start: (graphUrl) =>
      startServer({
        program: fileURLToPath(new URL('../src/main.ts', import.meta.url)),
        environment: {
          WORKERS: String(workers),
          GRAPH_BASE_URL: graphUrl,
          GRAPH_TOKEN: 'bench',
          GRAPH_CONCURRENCY: '64',
          LOG_LEVEL: 'info',
          // Queries need nothing of what is kept there, so that it need not be there.
          REDIS_URL: 'redis://127.0.0.1:1',
          SEALING_KEYS: Buffer.alloc(32, 1).toString('base64'),
        },
        listeningLine: workers === 1 ? '"msg":"listening"' : '"msg":"all workers listen"',
      }),
  };
}

/** The middle of what one has to the other in the same round. */
function middleRatio(ones: readonly Figures[], others: readonly Figures[], read: (figures: Figures) => number): number {
  const ratios = others.flatMap((other, round) => {
    const one = ones[round];
    return one === undefined ? [] : [read(other) / read(one)];
  });
  return median(ratios) ?? NaN;
}

/** Two workers beside one process, as ratios of slices of the same round. */
export const workers: Benchmark = {
  longestMs: 120_000,
  async report(signal) {
    const race = await startRace([gateway(1), gateway(2)], MEASURED);
    try {
      const rows: string[][] = [];
      for (const latencyMs of [0, 50]) {
        for (const job of MEASURED) {
          if (signal.aborted) break;
          await race.warmUp(job, WARM_UP_MS);
          const [ones = [], twos = []] = (
            await race.measure({ job, latencyMs, concurrency: CONCURRENCY }, ROUNDS, SLICE_MS)
          ).values();
          const ratio = (read: (figures: Figures) => number): string => `× ${middleRatio(ones, twos, read).toFixed(2)}`;
          rows.push([
            jobs[job].title,
            `${latencyMs} ms`,
            ratio(({ perSecond }) => perSecond),
            ratio(({ p50Ms }) => p50Ms),
            ratio(({ p99Ms }) => p99Ms),
            ratio(({ requests }) => requests),
          ]);
        }
      }
      const heads = ['job', 'Graph takes', 'operations in a second', 'p50', 'p99', 'requests to Graph for each'];
      return {
        page: `Two workers as ratios to one process, ${CONCURRENCY} at once; the load and the stand-in for Graph are a process each on the same ${availableParallelism()} cores.\n\n${table(heads, rows)}\n`,
        faults: [],
      };
    } finally {
      await race.stop();
    }
  },
};
