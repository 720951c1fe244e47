/** What it brings to keep meetings and users: the gateway that keeps nothing and one that does, over one Graph, in turns. */
import { availableParallelism } from 'node:os';
import type { Benchmark } from './benchmark.ts';
import { gatewayContestant } from './queries/contestants.ts';
import { jobs } from './queries/jobs.ts';
import type { JobName } from './queries/jobs.ts';
import { startRace } from './queries/race.ts';
import type { Figures } from './queries/race.ts';
import { median, table } from './table.ts';

/** The first has the name of a user that is kept, the second fifty meetings beside a list that is not. */
const MEASURED: readonly JobName[] = ['OneRecording', 'HundredRecordings'];
const ORGANIZERS = 10;
const CONCURRENCY = 32;
const ROUNDS = 7;
const SLICE_MS = 800;
const WARM_UP_MS = 1_500;
const TTL_MS = 60_000;

function middle(slices: readonly Figures[], read: (figures: Figures) => number): number {
  return median(slices.map(read)) ?? NaN;
}

/** A gateway that keeps beside one that does not, asked for the same organizers over and over. */
export const cache: Benchmark = {
  longestMs: 120_000,
  async report(signal) {
    const race = await startRace(
      [gatewayContestant(null), gatewayContestant(null, { CACHE_TTL_MS: String(TTL_MS) }, 'gateway that keeps')],
      MEASURED,
    );
    try {
      const rows: string[][] = [];
      for (const latencyMs of [0, 50]) {
        for (const job of MEASURED) {
          if (signal.aborted) break;
          await race.warmUp(job, WARM_UP_MS);
          const cell = { job, latencyMs, concurrency: CONCURRENCY, organizers: ORGANIZERS };
          const [without = [], keeping = []] = (await race.measure(cell, ROUNDS, SLICE_MS)).values();
          const ratios = keeping.flatMap(({ perSecond }, round) => {
            const other = without[round];
            return other === undefined ? [] : [perSecond / other.perSecond];
          });
          const both = (read: (figures: Figures) => number): string =>
            `${middle(without, read).toFixed(2)} → ${middle(keeping, read).toFixed(2)}`;
          rows.push([
            jobs[job].title,
            `${latencyMs} ms`,
            `× ${(median(ratios) ?? NaN).toFixed(2)}`,
            both(({ parts }) => parts),
            both(({ requests }) => requests),
            both(({ p50Ms }) => p50Ms),
          ]);
        }
      }
      const heads = [
        'job',
        'Graph takes',
        'operations in a second',
        'asked of Graph for each',
        'HTTP requests for each',
        'p50 in ms',
      ];
      return {
        page: `A gateway that keeps for ${TTL_MS / 1_000} s beside one that keeps nothing, ${ORGANIZERS} organizers asked for over and over, ${CONCURRENCY} at once; the load and the stand-in for Graph are a process each on the same ${availableParallelism()} cores.\n\n${table(heads, rows)}\n`,
        faults: [],
      };
    } finally {
      await race.stop();
    }
  },
};
