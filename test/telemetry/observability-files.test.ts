/** The dashboard, the alerts and their page name only metrics that /metrics has. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startGateway } from '../support/gateway.ts';
import { createTestMetrics } from '../support/metrics.ts';

const FOLDER = join(import.meta.dirname, '../../docs');
const read = (path: string): string => readFileSync(join(FOLDER, path), 'utf8');

const panel = z.object({
  id: z.number(),
  type: z.enum(['row', 'timeseries']),
  title: z.string().min(1),
  gridPos: z.object({ h: z.number(), w: z.number(), x: z.number(), y: z.number() }),
  targets: z.array(z.object({ refId: z.string(), expr: z.string(), legendFormat: z.string() })).optional(),
});
const dashboard = z
  .object({
    uid: z.string(),
    schemaVersion: z.number(),
    panels: z.array(panel),
    templating: z.object({ list: z.array(z.object({ name: z.string(), type: z.string(), query: z.unknown() })) }),
  })
  .parse(JSON.parse(read('observability/dashboard.json')));

/** The name and the expression of each alert; a folded expression is joined into one line. */
const alerts = [
  ...read('observability/alerts.yml').matchAll(/- alert: (\w+)\n\s+expr: (?:>-\n)?(.*?)\n\s+(?:for|labels):/gs),
].map(([, name = '', expression = '']) => ({ name, expression: expression.replaceAll(/\s+/g, ' ') }));

const drawn = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
const expressions = [...drawn, ...alerts.map(({ expression }) => expression)];

/** The metrics in an expression: each name that is neither a function, a PromQL keyword nor a label. */
function metricsIn(expression: string): string[] {
  const bare = expression
    .replaceAll(/"[^"]*"/g, '')
    .replaceAll(/\{[^}]*\}/g, '')
    .replaceAll(/\[[^\]]*\]/g, '')
    .replaceAll(/\b(?:by|on|without|ignoring)\s*\([^)]*\)/g, '');
  const words = new Set(['and', 'or', 'unless', 'bool']);
  return [...bare.matchAll(/\b[a-z_]\w*\b(?!\s*\()/g)]
    .map(([name]) => name)
    .filter((name) => !words.has(name) && !/^(sum|min|max)$/.test(name));
}

/** Each label matcher in an expression, with its metric. */
function labelsIn(expression: string): { readonly metric: string; readonly label: string }[] {
  return [...expression.matchAll(/(\w+)\{([^}]*)\}/g)].flatMap(([, metric = '', labels = '']) =>
    [...labels.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => ({ metric, label })),
  );
}

/** What Prometheus itself adds. */
const OWN_METRICS = ['up'];
const OWN_LABELS = ['job', 'instance', 'le'];

/** The names of all series that a gateway can have, with the labels present so far. */
async function exposed(): Promise<Map<string, Set<string>>> {
  const metrics = createTestMetrics();
  metrics.measureProcess();
  metrics.tokens.acquired('application', 1);
  const gateway = await startGateway({ metrics });
  await gateway.query('{ user(id: "nobody") { displayName } }');
  await fetch(`${gateway.url}/metrics`);
  const text = await (await fetch(`${gateway.url}/metrics`)).text();
  const names = new Map<string, Set<string>>();
  for (const [, name = '', kind] of text.matchAll(/^# TYPE (\w+) (\w+)$/gm))
    for (const ending of kind === 'histogram' ? ['_bucket', '_sum', '_count'] : [''])
      names.set(`${name}${ending}`, new Set());
  for (const [, name = '', labels = ''] of text.matchAll(/^(\w+)\{(.*)\} /gm))
    for (const [, label = ''] of labels.matchAll(/(\w+)="/g)) names.get(name)?.add(label);
  return names;
}

describe('The dashboard and the alerts', () => {
  it('are parsed completely by this test', () => {
    expect(drawn.length).toBeGreaterThan(25);
    expect(alerts.length).toBe(read('observability/alerts.yml').match(/- alert:/g)?.length);
    expect(metricsIn('sum by (a) (rate(b_total{c="d"}[5m])) / on (e) f > 0')).toEqual(['b_total', 'f']);
    expect(labelsIn('rate(b_total{c="d", e=~"f"}[5m])')).toEqual([
      { metric: 'b_total', label: 'c' },
      { metric: 'b_total', label: 'e' },
    ]);
  });

  it('name only existing metrics, with labels that these have', async () => {
    const names = await exposed();
    const unknown = expressions.flatMap(metricsIn).filter((name) => !names.has(name) && !OWN_METRICS.includes(name));
    expect(unknown).toEqual([]);
    const mistaken = expressions
      .flatMap(labelsIn)
      .filter(({ metric, label }) => !OWN_LABELS.includes(label) && names.get(metric)?.has(label) !== true);
    expect(mistaken).toEqual([]);
  });

  it('show every metric of the gateway', async () => {
    const shown = expressions.flatMap(metricsIn).map((name) => name.replace(/_(bucket|sum|count)$/, ''));
    const own = [...(await exposed()).keys()].filter((name) => name.startsWith('gateway_'));
    expect(own.filter((name) => !shown.includes(name.replace(/_(bucket|sum|count)$/, '')))).toEqual([]);
  });

  it('have panels that do not overlap, with unique ids, and variables for data source, job and instance', () => {
    const { panels, templating } = dashboard;
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const places = panels.flatMap(({ gridPos: { h, w, x, y } }) =>
      Array.from({ length: h * w }, (_, cell) => `${x + (cell % w)} ${y + Math.floor(cell / w)}`),
    );
    expect(new Set(places).size).toBe(places.length);
    expect(panels.filter(({ gridPos: { x, w } }) => x + w > 24)).toEqual([]);
    expect(templating.list.map(({ name }) => name)).toEqual(['datasource', 'job', 'instance']);
  });

  it('are documented: each alert has a heading, and each metric a row', async () => {
    const page = read('observability.md');
    expect(alerts.filter(({ name }) => !page.includes(`\n### ${name}\n`))).toEqual([]);
    const own = [...(await exposed()).keys()].filter((name) => name.startsWith('gateway_'));
    const rows = own.map((name) => name.replace(/_(bucket|sum|count)$/, ''));
    expect(rows.filter((name) => !page.includes(`| \`${name}`))).toEqual([]);
  });
});
