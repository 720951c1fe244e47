/** Three times what a process can do, as it is run for real. What is compared comes from one run, on one machine. */
import { expect, it, onTestFinished } from 'vitest';
import { readUsage } from '../bench/usage.ts';
import { demoOrganizerId } from '../src/graphql/example-operations.ts';
import { createLoader, quantileMs } from './support/load.ts';
import { startProcess } from './support/process.ts';

const QUERY = `{ callRecordings(meetingOrganizerId: "${demoOrganizerId}", first: 20) { nodes { id meeting { subject } } } }`;
const CLIENTS = 32;
const OVERLOAD_MS = 4_000;
const MOST_GROWTH_BYTES = 192 * 1_024 * 1_024;

it('Past what it can do a gateway refuses early, answers the others in time, keeps its memory, and recovers by itself', async () => {
  const gateway = await startProcess({
    environment: { PORT: '0', OVERLOAD_DELAY_MS: '30', LOG_LEVEL: 'info', PLAYGROUND: 'false', VIEWER: 'false' },
  });
  const { graphql } = await gateway.logged('listening');
  const { origin } = new URL(String(graphql));
  const load = await createLoader(origin, JSON.stringify({ query: QUERY }));
  onTestFinished(load.close);
  await load.clients(CLIENTS, 1_000);
  const calm = await load.clients(CLIENTS, 2_000);
  const perMs = calm.answeredMs.length / calm.tookMs;
  const before = await readUsage(gateway.pid);

  const [over, health] = await Promise.all([
    load.rate(3_000 * perMs, OVERLOAD_MS),
    Promise.all(Array.from({ length: 20 }, async () => (await fetch(`${origin}/healthz`)).status)),
  ]);
  const after = await readUsage(gateway.pid);
  expect([...calm.others, ...over.others]).toEqual([]);
  expect(new Set(health)).toEqual(new Set([200]));
  const asked = over.answeredMs.length + over.refused;
  expect(over.refused / asked).toBeGreaterThan(0.25);
  // Without refusals the last would wait for all that came before and is not done.
  const waitMs = asked / perMs - OVERLOAD_MS;
  expect(quantileMs(over.answeredMs, 0.99) / waitMs).toBeLessThan(0.6);
  // Where nobody can say, nothing grows.
  expect((after?.residentBytes ?? 0) - (before?.residentBytes ?? 0)).toBeLessThan(MOST_GROWTH_BYTES);

  let refused = 1;
  // oxlint-disable-next-line no-await-in-loop -- until nobody is refused any more
  while (refused > 0) ({ refused } = await load.clients(4, 300));
  expect((await load.clients(4, 500)).refused).toBe(0);
});
