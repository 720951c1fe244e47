/** The effect of caching meetings and users: a gateway without a cache and one with it, over one Graph, in turns. */
import { availableParallelism } from 'node:os';
import type { Benchmark } from './benchmark.ts';
import { gatewayContestant } from './queries/contestants.ts';
import { CONCURRENCY, duel, middleRatio } from './queries/duel.ts';
import { jobs } from './queries/jobs.ts';
import type { Figures } from './queries/race.ts';
import { median, table } from './table.ts';

const ORGANIZERS = 10;
const TTL_MS = 60_000;

function middle(slices: readonly Figures[], read: (figures: Figures) => number): string {
  return (median(slices.map(read)) ?? NaN).toFixed(2);
}

/** A gateway with a cache next to one without, queried for the same organizers repeatedly. */
export const cache: Benchmark = {
  longestMs: 120_000,
  async report(signal) {
    const keeping = gatewayContestant(null, { CACHE_TTL_MS: String(TTL_MS) }, 'caching gateway');
    // One job reads a cached user's name, the other fifty cached meetings and an uncached list.
    const bouts = await duel(gatewayContestant(null), keeping, signal, { organizers: ORGANIZERS });
    const rows = bouts.map((bout) => {
      const both = (read: (figures: Figures) => number): string =>
        `${middle(bout.ones, read)} → ${middle(bout.others, read)}`;
      return [
        jobs[bout.job].title,
        `${bout.latencyMs} ms`,
        `× ${middleRatio(bout, ({ perSecond }) => perSecond).toFixed(2)}`,
        both(({ parts }) => parts),
        both(({ requests }) => requests),
        both(({ p50Ms }) => p50Ms),
      ];
    });
    const heads = [
      'job',
      'Graph latency',
      'operations per second',
      'parts/operation',
      'Graph requests/operation',
      'p50 ms',
    ];
    return {
      page: `A gateway that caches for ${TTL_MS / 1_000} s compared with one that does not cache. ${ORGANIZERS} organizers are queried repeatedly, with ${CONCURRENCY} operations at once. The load generator and the stand-in for Graph run in separate processes on the same ${availableParallelism()} cores.\n\n${table(heads, rows)}\n`,
      faults: [],
    };
  },
};
