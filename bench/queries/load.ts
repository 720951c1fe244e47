/** Program of the load generator: each concurrent client sends its next request after its answer, for a given time. */
import { Pool } from 'undici';
import { jobs, requestBody } from './jobs.ts';
import { slice } from './slice.ts';
import type { LoadReport, Slice } from './slice.ts';
import { organizerOf } from './tenant.ts';

const pools = new Map<string, Pool>();

/** Connections are kept between slices, like those of a router. */
function poolOf(url: string, concurrency: number): Pool {
  const key = `${url} ${concurrency}`;
  const pool = pools.get(key) ?? new Pool(new URL(url).origin, { connections: concurrency, keepAliveTimeout: 600_000 });
  pools.set(key, pool);
  return pool;
}

function say(said: LoadReport): void {
  process.send?.(said);
}

async function carryOut({
  url,
  job,
  concurrency,
  durationMs,
  firstOperation,
  organizers,
  answerBytes,
}: Slice): Promise<void> {
  const pool = poolOf(url, concurrency);
  const { pathname } = new URL(url);
  const bodyFor = requestBody(jobs[job]);
  const latenciesMs: number[] = [];
  const startedMs = performance.now();
  let operation = firstOperation;

  async function ask(): Promise<void> {
    const body = bodyFor(organizerOf(organizers === null ? operation : operation % organizers));
    operation += 1;
    const askedMs = performance.now();
    const response = await pool.request({
      method: 'POST',
      path: pathname,
      headers: { 'content-type': 'application/json' },
      body,
    });
    const answer = await response.body.text();
    latenciesMs.push(performance.now() - askedMs);
    // All answers to a job are as long as the checked one: organizers differ in their ids only.
    if (response.statusCode !== 200 || Buffer.byteLength(answer) !== answerBytes) {
      throw new Error(
        `Expected ${url} to answer ${job} with 200 and ${answerBytes} bytes, but it answered with ${response.statusCode} and ${Buffer.byteLength(answer)}: ${answer.slice(0, 1_000)}`,
      );
    }
  }

  async function askAgain(): Promise<void> {
    do await ask();
    while (performance.now() - startedMs < durationMs);
  }

  await Promise.all(Array.from({ length: concurrency }, askAgain));
  const [first, ...others] = latenciesMs;
  if (first === undefined) throw new Error(`Expected at least one response from ${url}.`);
  say({ kind: 'done', latenciesMs: [first, ...others], elapsedMs: performance.now() - startedMs });
}

process.on('message', (given) => {
  carryOut(slice.parse(given)).catch((error: unknown) => say({ kind: 'failed', reason: String(error) }));
});
process.once('disconnect', () => process.exit());
say({ kind: 'ready' });
