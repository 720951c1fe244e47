/** The number of metric series does not grow with the number of callers or with the content of their requests. */
import { METHODS } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { errorCodes } from '../../src/graphql/errors.ts';
import { scrape, startCounting } from '../support/metrics.ts';
import type { CountingGateway } from '../support/metrics.ts';
import { startProcess } from '../support/process.ts';
import { createDraw } from '../support/random-operation.ts';
import type { Draw } from '../support/random-operation.ts';

/** The seed of the random requests; another seed sends other requests. */
const SEED = 20_261_124;
const REQUESTS = 300;

const PATHS = ['/graphql', '/content/', '/notifications', '/healthz', '/metrics', '/', '/watch', '/%', '/graphql/'];
const ACCEPTS = ['*/*', 'text/event-stream', 'application/json', 'application/graphql-response+json'];

/** Sends a request exactly as written, and reads only the beginning of the response. */
async function send({ url }: CountingGateway, method: string, path: string, headers = {}, body = ''): Promise<void> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  const { promise, resolve } = Promise.withResolvers<void>();
  for (const event of ['data', 'close', 'error'] as const) socket.once(event, () => resolve());
  const lines = Object.entries({ host: 'localhost', ...headers, 'content-length': Buffer.byteLength(body) });
  socket.write(
    [`${method} ${path} HTTP/1.1`, ...lines.map(([name, value]) => `${name}: ${value}`), '', body].join('\r\n'),
  );
  await promise;
  socket.destroy();
}

/** Sends one random request that varies everything a caller controls. */
async function sendAnything(gateway: CountingGateway, { below, of }: Draw): Promise<void> {
  const word = below(1_000_000_000).toString(36);
  const method = of(METHODS.filter((name) => name !== 'CONNECT'));
  const path = `${of(PATHS)}${of(['', word, `?${word}=${word}`])}`;
  const document = of([
    `query ${word} { __typename }`,
    `query ${word} { ${word} }`,
    `subscription ${word} { callRecordingDelta(meetingOrganizerId: "${word}") { token } }`,
    `{ user(id: "${word}") { displayName } }`,
    word,
  ]);
  const headers = {
    accept: of(ACCEPTS),
    'content-type': of(['application/json', 'text/plain', word]),
    'user-agent': word,
    'x-request-id': word,
    traceparent: word,
    authorization: `Bearer ${word}`,
  };
  if (below(2) === 0)
    await send(gateway, method, path, headers, JSON.stringify({ query: document, operationName: word }));
  else
    await send(
      gateway,
      'POST',
      '/graphql',
      { ...headers, 'content-type': 'application/json', accept: '*/*' },
      JSON.stringify({ query: document }),
    );
}

/** The values of each label. */
function labelsOf(series: Iterable<string>): Map<string, Set<string>> {
  const labels = new Map<string, Set<string>>();
  for (const [, name = '', value = ''] of [...series].join('\n').matchAll(/(\w+)="([^"]*)"/g))
    labels.set(name, (labels.get(name) ?? new Set()).add(value));
  return labels;
}

/** Every label, and the values that it may have. */
const ALLOWED: Readonly<Record<string, RegExp>> = {
  code: new RegExp(
    `^(${[...errorCodes, 'GRAPHQL_PARSE_FAILED', 'OPERATION_RESOLUTION_FAILURE', 'PERSISTED_QUERY_NOT_(FOUND|SUPPORTED)', 'OTHER'].join('|')})$`,
  ),
  credential: /^application$/,
  door: /^(callback|http|sse|websocket)$/,
  kind: /^(batch|content|delta|single|subscription)$/,
  le: /^(\d+(\.\d+)?|\+Inf)$/,
  method: /^(DELETE|GET|HEAD|OPTIONS|OTHER|PATCH|POST|PUT)$/,
  outcome: /^(2xx|4xx|429|5xx|failed|hit|left|miss|ok|partial|refused|sent)$/,
  resource: /^(onlineMeeting|user)$/,
  route: /^(\/|\/content\/\*|\/graphql|\/healthz|\/metrics|\/notifications|\/readyz|none)$/,
  state: /^(closed|half-open|open)$/,
  status: /^(none|200|204|400|403|404|405|406|411|413|415|500|503)$/,
  type: /^(query|subscription|unknown)$/,
};

describe('The labels of the metrics', () => {
  it('stay within fixed names and values, for any requests of callers', async () => {
    const gateway = await startCounting();
    const draw = createDraw(SEED);
    const waves = Array.from({ length: REQUESTS / 10 }, (_, wave) => wave);
    for (const _ of waves) await Promise.all(Array.from({ length: 10 }, () => sendAnything(gateway, draw)));
    const labels = labelsOf((await scrape(gateway.url)).keys());
    expect([...labels.keys()].toSorted()).toEqual(Object.keys(ALLOWED));
    const all = [...labels].flatMap(([label, values]) => [...values].map((value) => [label, value] as const));
    expect(all.filter(([label, value]) => !ALLOWED[label]?.test(value))).toEqual([]);
  });

  it('have only the defined outcomes, for any status that Graph answers', async () => {
    const gateway = await startCounting();
    const [user] = gateway.emulator.tenant.users;
    for (const status of [418, 451, 500, 507, 599]) {
      gateway.emulator.fail({ kind: 'status', status });
      await gateway.query(`{ user(id: "${user?.id}") { displayName } }`);
    }
    const outcomes = labelsOf(
      [...(await scrape(gateway.url)).keys()].filter((name) => name.startsWith('gateway_graph_')),
    );
    expect(outcomes.get('outcome')).toEqual(new Set(['2xx', '429', '4xx', '5xx', 'sent', 'refused']));
  });
});

describe('The metrics of the process', () => {
  it('cover memory, file descriptors, event loop and garbage collection, without ids or tokens', async () => {
    const gateway = await startProcess({ environment: { PORT: '0' } });
    const { metrics } = await gateway.logged('listening');
    const text = await (await fetch(String(metrics))).text();
    for (const name of [
      'process_resident_memory_bytes',
      'process_open_fds',
      'nodejs_eventloop_lag_p50_seconds',
      'nodejs_eventloop_lag_p99_seconds',
      'nodejs_eventloop_lag_max_seconds',
      'nodejs_eventloop_seconds_total{state="active"}',
      'nodejs_gc_duration_seconds_count',
      'nodejs_heap_size_used_bytes',
    ])
      expect(text).toContain(`\n${name}`);
    expect(text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}|eyJ|@/);
  });

  it('have no endpoint when METRICS is false', async () => {
    const gateway = await startProcess({ environment: { PORT: '0', METRICS: 'false' } });
    const { health, metrics } = await gateway.logged('listening');
    expect(metrics).toBeUndefined();
    expect((await fetch(String(health).replace('healthz', 'metrics'))).status).toBe(404);
  });
});
