import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { startGraph } from '../support/graph.ts';
import type { TestGraph } from '../support/graph.ts';

const LIMIT = 30;
const CLIENTS = 50;
const EACH = 100;

interface Run {
  readonly graph: TestGraph;
  /** Advances time until the work is done, and lets the requests in flight be answered in between. */
  drive(work: Promise<unknown>): Promise<void>;
}

async function start(requestsPerSecond: number | null): Promise<Run> {
  const graph = await startGraph({
    tenant: { users: 60, meetings: 0, recordings: 0 },
    settings: { requestsPerSecond },
    drivesEmulator: true,
  });
  return {
    graph,
    async drive(work) {
      const over = work.then(() => true);
      while (!(await Promise.race([over, setImmediate(false)]))) {
        graph.clock.advance(10);
        do await setImmediate();
        while (graph.exchanges.length < graph.begun());
      }
    },
  };
}

it(`has ${CLIENTS} clients answered in a tenant that is limited to ${LIMIT} requests a second, with hardly a refusal`, async () => {
  const run = await start(LIMIT);
  const { graph } = run;
  const paths = graph.userPaths(60);
  const startedMs = graph.clock.now();
  const clients = Array.from({ length: CLIENTS }, async (_, client) => {
    for (let time = 0; time < EACH; time += 1) {
      // Each request has its own query, so none is shared.
      await graph.client.get(`${paths[client]}?$select=id&time=${time}`, graph.operation());
    }
  });
  await run.drive(Promise.all(clients));
  const seconds = (graph.clock.now() - startedMs) / 1_000;
  const statuses = graph.emulator.requests.flatMap(
    ({ status, parts }) => parts?.map((part) => part.status) ?? [status],
  );
  const throttled = statuses.filter((status) => status === 429).length;
  expect(throttled / statuses.length).toBeLessThan(0.01);
  expect((CLIENTS * EACH) / seconds).toBeGreaterThan(0.9 * LIMIT);
});

/** Sends a request every `pauseMs`, without waiting for responses. Returns when each was sent, and its wait. */
async function askEvery(pauseMs: number, times: number, graph: TestGraph) {
  const { clock, client } = graph;
  const [path] = graph.userPaths(1);
  const ask = async (time: number) => {
    const askedMs = clock.steadyMs();
    await client.get(`${path}?$select=id&time=${time}`, graph.operation());
    return { askedMs, waitedMs: clock.steadyMs() - askedMs };
  };
  const answers: ReturnType<typeof ask>[] = [];
  for (let time = 0; time < times; time += 1) {
    answers.push(ask(time));
    await new Promise<void>((resolve) => clock.after(pauseMs, resolve));
  }
  return Promise.all(answers);
}

interface Strays {
  /** The moments at which the request is refused, in words. */
  readonly when: string;
  /** The rate limit that the client has met before, if any. */
  readonly limit: number | null;
  readonly refused: readonly number[];
}

it.each<Strays>([
  { when: 'once', limit: null, refused: [100] },
  { when: 'now and then', limit: null, refused: [100, 200, 300, 400, 500] },
  { when: 'once, with a high known limit', limit: LIMIT, refused: [100] },
])('delays a light load only for the Retry-After when Graph refuses $when', async (strays) => {
  const run = await start(strays.limit);
  const { graph } = run;
  // More than may be sent at once, so that a part waits.
  const burst = Array.from({ length: 180 }, (_, time) =>
    graph.client.get(`${graph.userPaths(1)[0]}?time=${-time}`, graph.operation()),
  );
  await run.drive(Promise.allSettled(burst));
  for (const time of strays.refused) {
    graph.emulator.fail({ kind: 'status', status: 429, retryAfterSeconds: 2, match: { query: `time=${time}` } });
  }
  const beganMs = graph.clock.steadyMs();
  const asking = askEvery(80, 600, graph);
  await run.drive(asking);
  const answers = await asking;
  expect(Math.max(...answers.map(({ waitedMs }) => waitedMs))).toBeLessThan(2_100);
  const late = answers.filter(({ askedMs, waitedMs }) => askedMs > beganMs + 5_000 && waitedMs > 150);
  // As many are sent in two seconds. Afterwards the queue is sent at the known rate.
  expect(late.length / strays.refused.length).toBeLessThanOrEqual(strays.limit === null ? 26 : 50);
});
