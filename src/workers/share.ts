/** One worker's share of the limits that the configuration sets for the whole. */
import type { Config, SlotSettings } from '../config.ts';

/**
 * Returns the configuration of one of `config.workers` workers. Limits of the whole are divided: requests to Graph at
 * once, and open streams and listeners in all. They are rounded up, so that no worker gets 0; with more workers than
 * there is to divide, the sum exceeds the limit a little. Limits per caller are not divided, since all requests over
 * one connection reach one worker.
 */
export function shareOf(config: Config): Config {
  const part = (whole: number): number => Math.ceil(whole / config.workers);
  const partOf = ({ inAll, perCaller }: SlotSettings): SlotSettings => ({
    inAll: part(inAll),
    perCaller,
  });
  return {
    ...config,
    graphConcurrency: part(config.graphConcurrency),
    listeners: partOf(config.listeners),
    streams: partOf(config.streams),
  };
}
