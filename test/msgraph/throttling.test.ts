import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { startGraph } from '../support/graph.ts';
import type { TestGraph } from '../support/graph.ts';

const LIMIT = 30;
const CLIENTS = 50;
const EACH = 100;

interface Run {
  readonly graph: TestGraph;
  /** Lets time pass until it is over, and every request that is under way meanwhile be answered. */
  drive(work: Promise<unknown>): Promise<void>;
}

async function start(): Promise<Run> {
  const graph = await startGraph({
    tenant: { users: 60, meetings: 0, recordings: 0 },
    settings: { requestsPerSecond: LIMIT },
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
  const run = await start();
  const { graph } = run;
  const paths = graph.userPaths(60);
  const startedMs = graph.clock.now();
  const clients = Array.from({ length: CLIENTS }, async (_, client) => {
    for (let time = 0; time < EACH; time += 1) {
      // Each asks for something that nobody else asks for at the time, so that nothing is shared.
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
