/** What is counted, in the text that Prometheus reads: https://prometheus.io/docs/instrumenting/exposition_formats/ */

/** What begins a metric, and the name in it. */
const BEGINS = /^(?=# HELP )/m;
const HEAD = /^(# HELP (\S+) .*\n# TYPE .*)\n?([^]*)$/;

/**
 * Puts together what several have counted. Each metric stands there once, with the series of all, which must differ by a label:
 * nothing is added up. A sum over processes falls when one of them ends, and whoever reads it as a rate takes the rest for new.
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
