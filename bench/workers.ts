/** The effect of a second worker on the available cores: one process and two workers over one Graph, in turns. */
import { availableParallelism } from 'node:os';
import type { Benchmark } from './benchmark.ts';
import { startServer } from './child.ts';
import { GATEWAY } from './process.ts';
import { WHILE_IDLE } from './queries/contestants.ts';
import type { Contestant } from './queries/contestants.ts';
import { CONCURRENCY, duel, middleRatio } from './queries/duel.ts';
import { jobs } from './queries/jobs.ts';
import type { Figures } from './queries/race.ts';
import { table } from './table.ts';

function gateway(workers: number): Contestant {
  return {
    name: workers === 1 ? 'one process' : `${workers} workers`,
    path: '/graphql',
    start: (graphUrl) =>
      startServer({
        program: GATEWAY.program,
        nodeOptions: WHILE_IDLE,
        environment: {
          WORKERS: String(workers),
          GRAPH_BASE_URL: graphUrl,
          GRAPH_TOKEN: 'bench',
          GRAPH_CONCURRENCY: '64',
          LOG_LEVEL: 'info',
          // Queries do not use it, so no Redis has to run there.
          REDIS_URL: 'redis://127.0.0.1:1',
          SEALING_KEYS: Buffer.alloc(32, 1).toString('base64'),
        },
        listeningLine: workers === 1 ? GATEWAY.listeningLine : '"msg":"all workers listen"',
      }),
  };
}

/** Two workers next to one process, as ratios of slices of the same round. */
export const workers: Benchmark = {
  longestMs: 120_000,
  async report(signal) {
    const rows = (await duel(gateway(1), gateway(2), signal)).map((bout) => {
      const ratio = (read: (figures: Figures) => number): string => `× ${middleRatio(bout, read).toFixed(2)}`;
      return [
        jobs[bout.job].title,
        `${bout.latencyMs} ms`,
        ratio(({ perSecond }) => perSecond),
        ratio(({ p50Ms }) => p50Ms),
        ratio(({ p99Ms }) => p99Ms),
        ratio(({ requests }) => requests),
      ];
    });
    const heads = ['job', 'Graph latency', 'operations per second', 'p50', 'p99', 'Graph requests/operation'];
    return {
      page: `Two workers as ratios to one process, with ${CONCURRENCY} operations at once. The load generator and the stand-in for Graph run in separate processes on the same ${availableParallelism()} cores.\n\n${table(heads, rows)}\n`,
      faults: [],
    };
  },
};
