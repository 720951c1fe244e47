/** What is counted of change tracking. */
import { Counter } from 'prom-client';
import type { Registry } from 'prom-client';
import { watchStates } from './state-metrics.ts';

/** How it stands with the organizers to whom somebody listens. */
interface FeedState {
  readonly organizers: number;
  readonly behind: number;
  readonly oldestRoundAgeMs: number;
}

export interface FeedMetrics {
  /** A round ran here. */
  readonly round: (hasFailed: boolean) => void;
  /** Has it looked up how things stand when the metrics are read. */
  readonly watch: (read: () => FeedState) => void;
}

/** Creates what counts these. */
export function createFeedMetrics(registry: Registry): FeedMetrics {
  const rounds = new Counter({
    name: 'gateway_feed_rounds_total',
    help: 'Rounds of change tracking that ran here, by what became of them.',
    labelNames: ['outcome'] as const,
    registers: [registry],
  });
  for (const outcome of ['ok', 'failed'] as const) rounds.inc({ outcome }, 0);
  return {
    round: (hasFailed) => rounds.inc({ outcome: hasFailed ? 'failed' : 'ok' }),
    watch: (read) =>
      watchStates(registry, [
        {
          name: 'gateway_feed_organizers',
          help: 'Organizers to whose recordings somebody listens here.',
          read: () => read().organizers,
        },
        {
          name: 'gateway_feed_organizers_behind',
          help: 'Those of them of whom there may be more than is told.',
          read: () => read().behind,
        },
        {
          name: 'gateway_feed_oldest_round_age_seconds',
          help: 'How long the one of them has had no round that ended well, here or in another replica, who has had none for longest.',
          read: () => read().oldestRoundAgeMs / 1_000,
        },
      ]),
  };
}
