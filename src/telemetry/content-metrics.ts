/** What is counted of recordings that stream. */
import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';

export interface ContentMetrics {
  /** One recording more streams, or one fewer. */
  readonly streams: (change: 1 | -1) => void;
  readonly sent: (bytes: number) => void;
  /** Somebody wanted a stream, and all places were taken. */
  readonly refused: () => void;
}

/** Creates what counts these. */
export function createContentMetrics(registry: Registry): ContentMetrics {
  const registers = [registry];
  const streams = new Gauge({
    name: 'gateway_content_streams_open',
    help: 'Recordings that stream.',
    registers,
  });
  const bytes = new Counter({
    name: 'gateway_content_sent_bytes_total',
    help: 'Bytes of recordings that were sent to viewers.',
    registers,
  });
  const refusals = new Counter({
    name: 'gateway_content_refused_total',
    help: 'Requests for a recording that were refused because so many stream already.',
    registers,
  });
  return {
    streams: (change) => streams.inc(change),
    sent: (count) => bytes.inc(count),
    refused: () => refusals.inc(),
  };
}
