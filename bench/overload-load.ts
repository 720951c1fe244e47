/** Load on a gateway, over loopback, and its outcome. */
import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { Pool } from 'undici';

/** The outcome of the requests of one load. */
export interface Outcome {
  /** The latency of each answered request in milliseconds, in the order of the answers. */
  readonly answeredMs: readonly number[];
  /** How many were refused with 503 and `Retry-After`. */
  readonly refused: number;
  /** Other outcomes: statuses, or errors. */
  readonly others: readonly string[];
  readonly tookMs: number;
}

export interface Loader {
  /** A number of clients, each of which sends the next request when it has an answer. */
  readonly clients: (count: number, durationMs: number) => Promise<Outcome>;
  /** A fixed number of requests per second, whatever their outcome. */
  readonly rate: (perSecond: number, durationMs: number) => Promise<Outcome>;
  readonly close: () => Promise<void>;
}

/** The interval at which due requests are sent. */
const TICK_MS = 10;

/** More than may be open at once, so that no request waits for a connection. */
const CONNECTIONS = 2_500;

/**
 * Opens all connections beforehand, as a proxy has them. Node accepts one new connection per turn of its event loop, so
 * otherwise the opening would be measured.
 */
async function open(origin: string): Promise<Pool> {
  const pool = new Pool(origin, { connections: CONNECTIONS, keepAliveTimeout: 600_000 });
  const clients = Array.from({ length: CONNECTIONS }, () => pool.request({ method: 'GET', path: '/healthz' }));
  await Promise.all(clients.map(async (response) => (await response).body.dump()));
  return pool;
}

/** Creates a load generator that sends one request repeatedly, over connections opened beforehand. */
export async function createLoader(origin: string, body: string): Promise<Loader> {
  const pool = await open(origin);

  async function load(run: (ask: () => Promise<void>) => Promise<void>): Promise<Outcome> {
    const answeredMs: number[] = [];
    const others: string[] = [];
    let refused = 0;
    const startedMs = performance.now();
    await run(async () => {
      const askedMs = performance.now();
      try {
        const response = await pool.request({
          method: 'POST',
          path: '/graphql',
          headers: { 'content-type': 'application/json' },
          body,
        });
        const text = await response.body.text();
        if (response.statusCode === 200 && !text.includes('"errors"')) answeredMs.push(performance.now() - askedMs);
        else if (response.statusCode === 503 && response.headers['retry-after'] !== undefined) refused += 1;
        else others.push(`${response.statusCode} ${text}`);
      } catch (error) {
        others.push(String(error));
      }
    });
    return { answeredMs, refused, others, tookMs: performance.now() - startedMs };
  }

  return {
    clients: (count, durationMs) =>
      load(async (ask) => {
        const endMs = performance.now() + durationMs;
        const client = async (): Promise<void> => {
          // oxlint-disable-next-line no-await-in-loop -- each asks when the one before is answered
          while (performance.now() < endMs) await ask();
        };
        await Promise.all(Array.from({ length: count }, client));
      }),
    rate: (perSecond, durationMs) =>
      load(async (ask) => {
        const startedMs = performance.now();
        const asked: Promise<void>[] = [];
        for (let passedMs = 0; passedMs < durationMs; passedMs = performance.now() - startedMs) {
          while (asked.length < (perSecond * passedMs) / 1_000) asked.push(ask());
          // oxlint-disable-next-line no-await-in-loop -- the clock decides how many are due
          await setTimeout(TICK_MS);
        }
        await Promise.all(asked);
      }),
    close: () => pool.destroy(),
  };
}
