/** The metrics of a gateway, read from its endpoint as Prometheus does. */
import { errorCodes } from '../../src/graphql/errors.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import type { Metrics } from '../../src/telemetry/metrics.ts';
import { startGateway } from './gateway.ts';
import type { TestGateway, TestGatewayOptions } from './gateway.ts';

/** Every series and its value: `name{label="value"}`. */
export type Scrape = ReadonlyMap<string, number>;

/** Reads the text of Prometheus: https://prometheus.io/docs/instrumenting/exposition_formats/#text-format-example */
export function parseMetrics(text: string): Scrape {
  const series = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    series.map((line) => {
      const [, name = '', labels = '', value = ''] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
      if (name === '') throw new Error(`Expected a series, but this came: ${line}`);
      const sorted = labels
        .split(/,(?=\w+=")/)
        .toSorted()
        .join(',');
      return [sorted === '' ? name : `${name}{${sorted}}`, value === '+Inf' ? Infinity : Number(value)] as const;
    }),
  );
}

/** Reads the metrics of a gateway. */
export async function scrape(url: string): Promise<Scrape> {
  const response = await fetch(`${url}/metrics`);
  if (response.status !== 200) throw new Error(`Expected metrics, but ${response.status} came.`);
  return parseMetrics(await response.text());
}

/** Reads them repeatedly until a series has a value. */
export async function scrapeUntil(url: string, series: string, value: number): Promise<void> {
  const values = await scrape(url);
  if (values.get(series) !== value) await scrapeUntil(url, series, value);
}

/** The sums and buckets of durations, which always differ. */
const DEPENDS_ON_TIME = /^\w+_duration_seconds_(sum|bucket)/;

/** Reading the metrics is counted too. */
const OF_READING = /route="\/metrics"/;

/** The change of each series, without those that are unchanged or depend on time. */
export function difference(before: Scrape, after: Scrape): Record<string, number> {
  const changes = [...after].map(([series, value]) => [series, value - (before.get(series) ?? 0)] as const);
  return Object.fromEntries(
    changes.filter(([series, change]) => change !== 0 && !DEPENDS_ON_TIME.test(series) && !OF_READING.test(series)),
  );
}

/** New metrics for a test. */
export function createTestMetrics(now: () => number = () => 0): Metrics {
  return createMetrics({ codes: errorCodes, now });
}

/** A gateway with metrics, and their changes during an action. */
export interface CountingGateway extends TestGateway {
  readonly changesOf: (act: () => Promise<unknown>) => Promise<Record<string, number>>;
}

/** Starts a gateway with metrics; it ends with the test. */
export async function startCounting(options: TestGatewayOptions = {}): Promise<CountingGateway> {
  const gateway = await startGateway({ metrics: createTestMetrics(), ...options });
  return {
    ...gateway,
    async changesOf(act) {
      const before = await scrape(gateway.url);
      await act();
      return difference(before, await scrape(gateway.url));
    },
  };
}
