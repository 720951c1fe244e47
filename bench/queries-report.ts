/** The benchmark of queries as a page: who answers how fast, next to the limit, and at what cost. */
import type { Benchmark, Report } from './benchmark.ts';
import { gatewayContestant, limit } from './queries/contestants.ts';
import { JOB_NAMES, jobs } from './queries/jobs.ts';
import { startRace } from './queries/race.ts';
import { summarize } from './queries/summary.ts';
import type { MeasuredCell, Measure, Standing } from './queries/summary.ts';
import { table } from './table.ts';

const HEADER = [
  'who',
  'operations/s',
  'p50 ms',
  'p99 ms',
  'CPU ms each',
  'MiB',
  'requests to Graph each',
  'parts each',
];

const MIB = 1_024 * 1_024;

/** A value to be read, with its ratio to the limit. */
function reading({ values, ratios }: Standing, measure: Measure, unit = 1): string {
  const [value, times] = [values[measure], ratios[measure]];
  if (value === null) return 'n/a';
  const text = (value / unit).toLocaleString('en-US', { maximumSignificantDigits: 3, useGrouping: false });
  return times === null ? text : `${text} (× ${times.toFixed(2)})`;
}

function row(standing: Standing): string[] {
  return [
    standing.name,
    reading(standing, 'perSecond'),
    reading(standing, 'p50Ms'),
    reading(standing, 'p99Ms'),
    reading(standing, 'cpuMs'),
    reading(standing, 'residentBytes', MIB),
    reading(standing, 'requests'),
    reading(standing, 'parts'),
  ];
}

function section({ job, latencyMs, concurrency, standings }: MeasuredCell): string {
  return `### ${jobs[job].title}: Graph takes ${latencyMs} ms, ${concurrency} at once\n\n${table(HEADER, standings.map(row))}`;
}

const QUICK = { rounds: 7, sliceMs: 800, warmUpMs: 1_500 };

/** Measures the limit and the gateway alone, 32 at once and with no latency, in about a minute. */
async function reportQuickly(profileFolder: string | null): Promise<Report> {
  const race = await startRace([limit, gatewayContestant(profileFolder)], JOB_NAMES);
  try {
    const sections: string[] = [];
    for (const job of JOB_NAMES) {
      await race.warmUp(job, QUICK.warmUpMs);
      const cell = { job, latencyMs: 0, concurrency: 32 };
      sections.push(section(summarize(cell, await race.measure(cell, QUICK.rounds, QUICK.sliceMs), limit.name)));
    }
    return { page: sections.join('\n'), faults: [] };
  } finally {
    await race.stop();
  }
}

/** Who answers queries how fast. */
export const queries: Benchmark = {
  longestMs: 480_000,
  report: (_, { profileFolder }) => reportQuickly(profileFolder),
};
