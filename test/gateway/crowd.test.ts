/** Many operations at once. */
import { pino } from 'pino';
import { expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import type { Clock } from '../../src/clock.ts';
import { readConfig } from '../../src/config.ts';
import { openGraphAccess } from '../../src/graph-access.ts';
import { createUpstream } from '../../src/upstream.ts';
import { at, startGateway } from '../support/gateway.ts';
import { startGraph } from '../support/graph.ts';
import { createTestMetrics, scrapeUntil } from '../support/metrics.ts';

const CROWD = 100;

it('A hundred operations at once all begin while Graph takes its time, and each is answered', async () => {
  const gateway = await startGateway({
    tenant: { users: CROWD, meetings: 0, recordings: 0 },
    metrics: createTestMetrics(),
  });
  const { emulator } = gateway;
  const hold = emulator.hold({ path: '/users/' });
  const { users } = emulator.tenant;
  const answers = users.map(({ id }) => gateway.query('query ($id: ID!) { user(id: $id) { displayName } }', { id }));
  await scrapeUntil(gateway.url, 'gateway_requests_open', CROWD);
  await scrapeUntil(gateway.url, 'gateway_operations_waiting', 0);
  hold.release();
  expect(await Promise.all(answers)).toEqual(users.map(({ displayName }) => ({ data: { user: { displayName } } })));
  expect(gateway.paths().toSorted()).toEqual(
    users.map(({ id }) => `/users/${id}?$select=id,displayName,userPrincipalName`).toSorted(),
  );
});

it('The time of an operation includes its wait, however short', async () => {
  const timeoutMs = 50_000;
  const delaysMs: number[] = [];
  let looks = 0;
  // Each look at the clock takes a millisecond.
  const clock: Clock = {
    ...systemClock,
    steadyMs() {
      looks += 1;
      return systemClock.steadyMs() + looks;
    },
    after(delayMs, callback) {
      delaysMs.push(delayMs);
      return systemClock.after(delayMs, callback);
    },
  };
  const gateway = await startGateway({ clock, config: { operationTimeoutMs: timeoutMs } });
  const [user] = gateway.emulator.tenant.users;
  const answers = Array.from({ length: CROWD }, () =>
    gateway.query('query ($id: ID!) { user(id: $id) { displayName } }', { id: user?.id }),
  );
  expect(new Set((await Promise.all(answers)).map((answer) => at(answer, 'data.user.displayName')))).toEqual(
    new Set([user?.displayName]),
  );
  // The whole time is only for waiting, and some need not wait.
  expect(delaysMs.filter((delayMs) => delayMs === timeoutMs).length).toBeLessThan(CROWD);
});

it('The waiting room is told of each response of Graph, whether it answers one request or many', async () => {
  const graph = await startGraph();
  let replies = 0;
  const upstream = createUpstream({
    config: readConfig({}),
    graph: openGraphAccess(graph.emulator.url, 'an-opaque-token', 'an emulator'),
    log: pino({ level: 'silent' }),
    clock: systemClock,
    watchExchange: undefined,
    onReplied() {
      replies += 1;
    },
  });
  onTestFinished(() => upstream.close());
  const [one = '', ...twenty] = graph.userPaths(21);
  await upstream.application.get(one, graph.operation());
  expect(replies).toBe(1);
  const together = graph.operation();
  await Promise.all(twenty.map((path) => upstream.application.get(path, together)));
  expect(replies).toBe(2);
  expect(graph.requests()).toEqual([`GET /v1.0${one}`, 'POST /v1.0/$batch of 20']);
});
