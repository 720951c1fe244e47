/** How many workers have been replaced. The primary counts this, since only it outlives them. */

/** Why a worker was replaced: it ended by itself or by a signal, or it no longer answered and was killed. */
export type Reason = 'ended' | 'silent';

export interface Replacements {
  readonly count: (reason: Reason) => void;
  /** Returns the counts in Prometheus' text format. */
  readonly read: () => string;
}

/** Starts at 0. Each reason is exposed from the beginning, so that its first increment is seen as a change. */
export function createReplacements(): Replacements {
  const counts: Record<Reason, number> = { ended: 0, silent: 0 };
  return {
    count(reason) {
      counts[reason] += 1;
    },
    read: () =>
      [
        '# HELP gateway_workers_replaced_total Workers that were replaced because they had ended or did not respond, by reason.',
        '# TYPE gateway_workers_replaced_total counter',
        ...Object.entries(counts).map(
          ([reason, count]) => `gateway_workers_replaced_total{reason="${reason}"} ${count}`,
        ),
        '',
      ].join('\n'),
  };
}
