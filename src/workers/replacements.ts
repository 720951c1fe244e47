/** How many workers have been replaced. The primary counts it, since nobody else outlives them. */

/** Why: by itself or by somebody's signal, or because it did not answer any more. */
export type Reason = 'ended' | 'silent';

export interface Replacements {
  readonly count: (reason: Reason) => void;
  /** What is counted, in Prometheus' text. */
  readonly read: () => string;
}

/** Counts from nothing. Every reason is told from the beginning, so that a first time is seen as a change. */
export function createReplacements(): Replacements {
  const counts: Record<Reason, number> = { ended: 0, silent: 0 };
  return {
    count(reason) {
      counts[reason] += 1;
    },
    read: () =>
      [
        '# HELP gateway_workers_replaced_total Workers that were replaced, by whether they had ended or did not answer.',
        '# TYPE gateway_workers_replaced_total counter',
        ...Object.entries(counts).map(
          ([reason, count]) => `gateway_workers_replaced_total{reason="${reason}"} ${count}`,
        ),
        '',
      ].join('\n'),
  };
}
