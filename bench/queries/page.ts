/** The page of results, in Markdown. */
import { table } from '../table.ts';
import { JOB_NAMES, jobs } from './jobs.ts';
import type { MeasuredCell, Measure, Standing } from './summary.ts';
import { targetsOf } from './targets.ts';

const MIB = 1_024 * 1_024;

/** Formats a value with its ratio to the limit. */
function reading({ values, ratios }: Standing, measure: Measure, unit = 1): string {
  const [value, times] = [values[measure], ratios[measure]];
  if (value === null) return 'n/a';
  const text = (value / unit).toLocaleString('en-US', { maximumSignificantDigits: 3, useGrouping: false });
  return times === null ? text : `${text} (× ${times.toFixed(2)})`;
}

const HEADER = [
  'Graph latency',
  'at once',
  'contestant',
  'operations/s',
  'p50 ms',
  'p99 ms',
  'CPU ms/operation',
  'MiB',
  'Graph requests/operation',
  'parts/operation',
];

function rows({ latencyMs, concurrency, standings }: MeasuredCell): string[][] {
  return standings.map((standing) => [
    `${latencyMs} ms`,
    String(concurrency),
    standing.name,
    reading(standing, 'perSecond'),
    reading(standing, 'p50Ms'),
    reading(standing, 'p99Ms'),
    reading(standing, 'cpuMs'),
    reading(standing, 'residentBytes', MIB),
    reading(standing, 'requests'),
    reading(standing, 'parts'),
  ]);
}

/** All results, a table for each job. */
export function details(cells: readonly MeasuredCell[]): string {
  return JOB_NAMES.flatMap((job) => {
    const measured = cells.filter((cell) => cell.job === job);
    if (measured.length === 0) return [];
    return [`### ${jobs[job].title}\n`, table(HEADER, measured.flatMap(rows))];
  }).join('\n');
}

/** One measure as ratios to the limit: a row for each cell, a column for each contestant. */
export function overview(cells: readonly MeasuredCell[], measure: Measure): string {
  const names = cells[0]?.standings.map(({ name }) => name) ?? [];
  return table(
    ['job', 'Graph latency', 'at once', ...names],
    cells.map(({ job, latencyMs, concurrency, standings }) => [
      jobs[job].title,
      `${latencyMs} ms`,
      String(concurrency),
      ...standings.map(({ ratios }) => ratios[measure]?.toFixed(2) ?? 'n/a'),
    ]),
  );
}

function verdict(isMet: boolean | null): string {
  if (isMet === null) return 'not measured';
  return isMet ? 'yes' : 'no';
}

/** The gateway's targets, and whether they are met. */
export function targetTable(cells: readonly MeasuredCell[], limit: string): string {
  return table(
    ['target', 'measured', 'met'],
    targetsOf(cells, limit).map(({ sentence, found, isMet }) => [sentence, found ?? '', verdict(isMet)]),
  );
}
