/** Metrics of change tracking. */
import { Counter } from 'prom-client';
import type { Registry } from 'prom-client';
import { watchStates } from './state-metrics.ts';

/** The current state of the organizers with subscribers. */
interface FeedState {
  readonly organizers: number;
  readonly behind: number;
  readonly oldestRoundAgeMs: number;
}

export interface FeedMetrics {
  /** Counts a round that ran in this process. */
  readonly round: (hasFailed: boolean) => void;
  /** Registers gauges that call `read` at each scrape. */
  readonly watch: (read: () => FeedState) => void;
}

/** Creates the feed metrics. */
export function createFeedMetrics(registry: Registry): FeedMetrics {
  const rounds = new Counter({
    name: 'gateway_feed_rounds_total',
    help: 'Rounds of change tracking that ran in this process, by outcome.',
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
          help: 'Organizers with subscribers in this process.',
          read: () => read().organizers,
        },
        {
          name: 'gateway_feed_organizers_behind',
          help: 'Organizers with recordings that may not have reached their subscribers here yet.',
          read: () => read().behind,
        },
        {
          name: 'gateway_feed_oldest_round_age_seconds',
          help: 'Longest time since the last successful round of an organizer, here or in another replica.',
          read: () => read().oldestRoundAgeMs / 1_000,
        },
      ]),
  };
}
