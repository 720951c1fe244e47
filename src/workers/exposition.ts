/** Merges metrics in Prometheus' text format: https://prometheus.io/docs/instrumenting/exposition_formats/ */

/** The start of a metric; then its head, its name and its series. */
const BEGINS = /^(?=# HELP )/m;
const HEAD = /^(# HELP (\S+) .*\n# TYPE .*)\n?([^]*)$/;

/**
 * Merges the metrics of several processes. Each metric appears once, with the series of all, which must differ by a
 * label. Nothing is summed: a sum over processes falls when one ends, and a rate then counts the remainder as new.
 */
export function mergeExpositions(texts: readonly string[]): string {
  const metrics = new Map<string, { readonly head: string; readonly series: string[] }>();
  for (const block of texts.flatMap((text) => text.split(BEGINS))) {
    const [, head, name, series] = HEAD.exec(block) ?? [];
    if (head === undefined || name === undefined || series === undefined) continue;
    const metric = metrics.get(name) ?? { head, series: [] };
    metrics.set(name, metric);
    if (series.trim() !== '') metric.series.push(series.trim());
  }
  return [...metrics.values()].map(({ head, series }) => `${[head, ...series].join('\n')}\n`).join('\n');
}
