/** The gateway's targets, relative to the limit and to all others. */
import type { JobName } from './jobs.ts';
import type { MeasuredCell, Measure } from './summary.ts';

export interface Target {
  readonly sentence: string;
  /** The measured value; null where it was not measured. */
  readonly found: string | null;
  readonly isMet: boolean | null;
}

const GATEWAY = 'gateway';

function ratioOf(
  cells: readonly MeasuredCell[],
  which: readonly [JobName, number, number],
  measure: Measure,
): number | null {
  const [job, latencyMs, concurrency] = which;
  const cell = cells.find((one) => one.job === job && one.latencyMs === latencyMs && one.concurrency === concurrency);
  return cell?.standings.find(({ name }) => name === GATEWAY)?.ratios[measure] ?? null;
}

function compared(sentence: string, ratio: number | null, isEnough: (ratio: number) => boolean): Target {
  return {
    sentence,
    found: ratio === null ? null : `× ${ratio.toFixed(2)}`,
    isMet: ratio === null ? null : isEnough(ratio),
  };
}

/** In how many cells the gateway answers more per second than all others except the limit. */
function aheadOfPeers(cells: readonly MeasuredCell[], limit: string): Target {
  const ahead = cells.filter(({ standings }) => {
    const perSecond = (name: string): number => standings.find((one) => one.name === name)?.ratios.perSecond ?? 0;
    return standings.every(({ name }) => name === limit || name === GATEWAY || perSecond(GATEWAY) > perSecond(name));
  });
  return {
    sentence: 'more operations per second than every peer, in all measurements',
    found: `in ${ahead.length} of ${cells.length}`,
    isMet: ahead.length === cells.length,
  };
}

/** Compares the measurements with every target. */
export function targetsOf(cells: readonly MeasuredCell[], limit: string): Target[] {
  const hundred = 'HundredRecordings';
  return [
    compared(
      'operations per second, 100 recordings, 32 at once, Graph latency 0 ms: at least × 0.85',
      ratioOf(cells, [hundred, 0, 32], 'perSecond'),
      (ratio) => ratio >= 0.85,
    ),
    compared(
      'p50, 100 recordings, 32 at once, Graph latency 50 ms: at most × 1.05',
      ratioOf(cells, [hundred, 50, 32], 'p50Ms'),
      (ratio) => ratio <= 1.05,
    ),
    compared(
      'operations per second, 20 meetings, 32 at once, Graph latency 50 ms: at least × 0.95',
      ratioOf(cells, ['TwentyMeetings', 50, 32], 'perSecond'),
      (ratio) => ratio >= 0.95,
    ),
    compared(
      'requests to Graph per operation, 100 recordings, 256 at once, Graph latency 50 ms: below × 1',
      ratioOf(cells, [hundred, 50, 256], 'requests'),
      (ratio) => ratio < 1,
    ),
    aheadOfPeers(cells, limit),
  ];
}
