/** Metrics of recordings that are streamed. */
import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';

export interface ContentMetrics {
  /** A stream has opened or closed. */
  readonly streams: (change: 1 | -1) => void;
  readonly sent: (bytes: number) => void;
  /** A request was refused because all slots for streams were taken. */
  readonly refused: () => void;
}

/** Creates the content metrics. */
export function createContentMetrics(registry: Registry): ContentMetrics {
  const registers = [registry];
  const streams = new Gauge({
    name: 'gateway_content_streams_open',
    help: 'Recordings that are being streamed.',
    registers,
  });
  const bytes = new Counter({
    name: 'gateway_content_sent_bytes_total',
    help: 'Bytes of recordings sent to viewers.',
    registers,
  });
  const refusals = new Counter({
    name: 'gateway_content_refused_total',
    help: 'Requests for a recording refused because too many are being streamed.',
    registers,
  });
  return {
    streams: (change) => streams.inc(change),
    sent: (count) => bytes.inc(count),
    refused: () => refusals.inc(),
  };
}
