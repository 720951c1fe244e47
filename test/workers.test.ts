/** One gateway in several processes, which share a port and, through Redis, the shared state of replicas. */
import { once } from 'node:events';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readConfig } from '../src/config.ts';
import { createEmulator } from '../src/emulator/emulator.ts';
import type { Emulator } from '../src/emulator/emulator.ts';
import { demoOrganizerId } from '../src/graphql/example-operations.ts';
import { createPauses } from '../src/workers/pause.ts';
import { shareOf } from '../src/workers/share.ts';
import { findFreePort } from './support/free-port.ts';
import { parseMetrics, scrape } from './support/metrics.ts';
import { startProcess } from './support/process.ts';
import type { GatewayProcess } from './support/process.ts';
import { hasRedis, redisNote, startRedis } from './support/redis.ts';
import { startSubscriber } from './support/subscriber.ts';

/** For busy machines. */
const PATIENT = { timeout: 30_000 };

const KEYS = Buffer.alloc(32, 3).toString('base64');

interface Running extends GatewayProcess {
  readonly emulator: Emulator;
  readonly url: string;
  /** The process ids of the workers, as last logged. */
  readonly pids: () => readonly number[];
}

/** How often a message has been logged. */
function timesLogged(gateway: GatewayProcess, message: string): number {
  return gateway.written().output.split(`"msg":"${message}"`).length - 1;
}

/** Starts two workers, and resolves when both listen. */
async function startTwo(environment: Readonly<Record<string, string>> = {}): Promise<Running> {
  const emulator = await createEmulator({ tenant: { users: 1, meetings: 1, recordings: 1 } });
  onTestFinished(() => emulator.close());
  const [redis, port] = await Promise.all([startRedis(), findFreePort()]);
  const url = `http://127.0.0.1:${port}`;
  const gateway = await startProcess({
    environment: {
      WORKERS: '2',
      PORT: String(port),
      PUBLIC_URL: url,
      REDIS_URL: redis.url,
      GRAPH_BASE_URL: emulator.url,
      GRAPH_TOKEN: 'a-fixed-token',
      OPERATION_TIMEOUT_MS: '600000',
      ...environment,
    },
  });
  await gateway.logged('all workers are listening');
  return {
    ...gateway,
    emulator,
    url,
    pids: () => [...gateway.written().output.matchAll(/"pids":\[(\d+),(\d+)\]/g)].at(-1)?.slice(1).map(Number) ?? [],
  };
}

/** The number of subscriptions that Graph has created. */
function subscriptionsAt({ requests }: Emulator): number {
  return requests.filter(({ url, status }) => url.endsWith('/subscriptions') && status === 201).length;
}

/** Sends a request over a new connection. */
async function ask(url: string): Promise<string> {
  const [response] = await once(request(url, { agent: false }).end(), 'response');
  return text(response);
}

function sumOf(values: Record<string, number>): number {
  return Object.values(values).reduce((sum, value) => sum + value, 0);
}

/** The sum of each worker's values of the series that begin like this: `name{…,worker="1"}`. */
async function perWorker(url: string, beginning: string): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const [series, value] of await scrape(url)) {
    const [, worker] = /worker="(\d+)"/.exec(series) ?? [];
    if (worker !== undefined && series.startsWith(beginning)) found[worker] = (found[worker] ?? 0) + value;
  }
  return found;
}

describe.skipIf(!hasRedis())(`Two workers (${redisNote})`, () => {
  it('share the requests over one embedded emulator, and each exposes the metrics of both', async () => {
    const gateway = await startTwo({ GRAPH_BASE_URL: '', GRAPH_TOKEN: '' });
    const { url } = gateway;
    const query = encodeURIComponent(`{ user(id: "${demoOrganizerId}") { displayName } }`);
    const answers = await Promise.all([1, 2, 3, 4].map(() => ask(`${url}/graphql?query=${query}`)));
    const answer: unknown = expect.stringMatching(/^{"data":{"user":{"displayName":"[^"]+"}}}$/m);
    expect([...new Set(answers)]).toEqual([answer]);
    // A worker that is still accepting one connection is skipped in the next turn.
    const answered = await perWorker(url, 'gateway_graphql_operations_total{outcome="ok"');
    expect(Math.min(answered['1'] ?? 0, answered['2'] ?? 0)).toBeGreaterThan(0);
    expect(sumOf(answered)).toBe(4);
    expect(new Set(gateway.pids()).size).toBe(2);
    const exposed = await Promise.all([ask(`${url}/metrics`), ask(`${url}/metrics`)]);
    for (const each of exposed) {
      const heads = each.match(/^# TYPE \S+/gm) ?? [];
      expect(heads.length).toBeGreaterThan(40);
      expect(new Set(heads).size).toBe(heads.length);
      expect(parseMetrics(each).size).toBe(each.match(/^[^#\n]/gm)?.length);
    }
    const answering = gateway.written().output.match(/"worker":\d(?=.*"request completed")/g);
    expect(new Set(answering)).toEqual(new Set(['"worker":1', '"worker":2']));
  });

  it('deliver every recording once, with one polling and one subscription, even after a worker is killed', async () => {
    const gateway = await startTwo();
    const { emulator, url } = gateway;
    const organizer = emulator.tenant.users[0]?.id ?? '';
    const subscribers = Array.from({ length: 6 }, () => startSubscriber(organizer, () => url));
    for (const subscriber of subscribers) onTestFinished(() => subscriber.stop());
    const added: string[] = [];
    async function tellOfAnother(): Promise<void> {
      const { id } = emulator.addRecording();
      added.push(id);
      await Promise.all(subscribers.map((subscriber) => subscriber.has(id)));
    }
    await expect.poll(async () => sumOf(await perWorker(url, 'gateway_subscriptions_open')), PATIENT).toBe(6);
    const listening = await perWorker(url, 'gateway_subscriptions_open');
    expect(Math.min(listening['1'] ?? 0, listening['2'] ?? 0)).toBeGreaterThan(0);
    // Graph notifies the shared port; whichever worker receives it informs the lease holder.
    await expect.poll(() => subscriptionsAt(emulator), PATIENT).toBe(1);
    for (let step = 0; step < 3; step += 1) await tellOfAnother();
    const rounds = await perWorker(url, 'gateway_feed_rounds_total');
    expect(Object.values(rounds).toSorted((one, other) => one - other)).toEqual([0, expect.any(Number)]);

    const idle = rounds['1'] === 0 ? 1 : 2;
    process.kill(gateway.pids()[idle - 1] ?? 0, 'SIGKILL');
    // A notification of Graph on a connection of the killed worker is lost, and this Graph does not resend it.
    await expect.poll(async () => sumOf(await perWorker(url, 'gateway_subscriptions_open')), PATIENT).toBe(6);
    await tellOfAnother();
    await expect.poll(() => timesLogged(gateway, 'all workers are listening'), PATIENT).toBe(2);
    await tellOfAnother();
    expect(timesLogged(gateway, 'a worker has ended and will be replaced')).toBe(1);
    const counted = await scrape(url);
    expect(counted.get('gateway_workers_replaced_total{reason="ended"}')).toBe(1);
    expect(counted.get('gateway_workers_replaced_total{reason="silent"}')).toBe(0);
    expect(Object.keys(await perWorker(url, 'gateway_subscriptions_open')).toSorted()).toEqual(['1', '2']);
    expect(subscribers.filter(({ returns }) => returns > 0)).toHaveLength(listening[idle] ?? 0);
    expect(subscribers.map(({ heard }) => heard.slice(-added.length))).toEqual(subscribers.map(() => added));
    expect(subscriptionsAt(emulator)).toBe(1);
  });

  it('complete requests in flight in both on SIGTERM, and leave no process behind', async () => {
    const { emulator, url, ...gateway } = await startTwo();
    const hold = emulator.hold({ path: '/users/' });
    const query = encodeURIComponent(`{ user(id: "${emulator.tenant.users[0]?.id}") { displayName } }`);
    const answers = [ask(`${url}/graphql?query=${query}`), ask(`${url}/graphql?query=${query}`)];
    // A worker sends two equal queries to Graph as one, so two requests mean two workers.
    await hold.arrived(2);
    gateway.send('SIGTERM');
    await expect.poll(() => timesLogged({ ...gateway }, 'draining'), PATIENT).toBe(3);
    hold.release();
    const answer = `{"data":{"user":{"displayName":"${emulator.tenant.users[0]?.displayName}"}}}\n`;
    expect(await Promise.all(answers)).toEqual([answer, answer]);
    expect(await gateway.exit).toEqual({ code: 0, signal: null });
    expect(gateway.isAlive()).toBe(false);
    expect(gateway.written().errors).toBe('');
  });
});

describe('Workers', () => {
  it('are refused without Redis, which holds their shared state', () => {
    expect(() => readConfig({ WORKERS: '2' })).toThrow(
      /^REDIS_URL: is required because WORKERS is 2: .* Set REDIS_URL, or set WORKERS=1\.$/,
    );
    expect(readConfig({ WORKERS: '1' }).workers).toBe(1);
  });

  it('report once why they cannot start, and exit with 1', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void other.close());
    await once(other, 'listening');
    const address = other.address();
    const port = address instanceof Object ? address.port : 0;
    const gateway = await startProcess({
      environment: { WORKERS: '2', PORT: String(port), REDIS_URL: 'redis://127.0.0.1:1', SEALING_KEYS: KEYS },
    });
    expect(await gateway.exit).toEqual({ code: 1, signal: null });
    expect(gateway.written().errors.trimEnd().split('\n')).toEqual([
      `PORT: port ${port} of 127.0.0.1 is already in use. Stop the process that uses it, or set PORT to another port; 0 selects a free one.`,
      'WORKERS: the first worker ended with 1 before it listened. Its output above contains the reason.',
    ]);
    expect(gateway.isAlive()).toBe(false);
  });

  it.each([
    [
      '1',
      { graphConcurrency: 8, streams: { inAll: 200, perCaller: 10 }, listeners: { inAll: 10_000, perCaller: 1_000 } },
    ],
    [
      '3',
      { graphConcurrency: 3, streams: { inAll: 67, perCaller: 10 }, listeners: { inAll: 3_334, perCaller: 1_000 } },
    ],
    ['16', { graphConcurrency: 1, streams: { inAll: 13, perCaller: 10 }, listeners: { inAll: 625, perCaller: 1_000 } }],
  ])('divide the limits of the gateway among %s processes', (workers, expected) => {
    const config = readConfig({ WORKERS: workers, REDIS_URL: 'redis://127.0.0.1:6379' });
    expect(shareOf(config)).toEqual({ ...config, ...expected });
  });

  it('are replaced after growing pauses when they end soon, and after the shortest one when they do not', () => {
    const pauseAfter = createPauses();
    const lived = [0, 1_000, 59_999, ...Array.from({ length: 8 }, () => 0), 60_000, 0];
    expect(lived.map((livedMs) => pauseAfter(livedMs))).toEqual([
      100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000, 30_000, 100, 100,
    ]);
  });
});
