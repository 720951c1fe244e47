/** What one of several workers may take of what the configuration allows to all of them. */
import type { Config, PlaceSettings } from '../config.ts';

/**
 * The configuration of one of so many workers. What bounds the whole is divided: what is asked of Graph at once, and what may
 * be open in all. It is rounded up, so that nobody has no room at all, and with more workers than there is to divide they may
 * take a little more than was allowed. What a caller may have open is not divided: all over one connection comes to one worker.
 */
export function shareOf(config: Config): Config {
  const part = (whole: number): number => Math.ceil(whole / config.workers);
  const partOf = ({ inAll, perCaller }: PlaceSettings): PlaceSettings => ({
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
