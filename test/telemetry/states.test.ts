/** Gauges and counters that change with load: requests to Graph, subscribers, streams, tokens and the circuit. */
import { describe, expect, it } from 'vitest';
import { startChain } from '../support/chain.ts';
import { createDrivenClock } from '../support/clock.ts';
import { addShortRecording, linkTo } from '../support/content.ts';
import { LISTEN, listen, readDelta } from '../support/live.ts';
import type { Door } from '../support/live.ts';
import { createTestMetrics, difference, parseMetrics, scrape, scrapeUntil, startCounting } from '../support/metrics.ts';
import type { CountingGateway } from '../support/metrics.ts';

const names = (gateway: CountingGateway, from: number, to: number): Promise<unknown>[] =>
  gateway.emulator.tenant.users.slice(from, to).map(({ id }) => gateway.query(`{ user(id: "${id}") { displayName } }`));

/** The values of some series. */
async function valuesOf(url: string, ...series: readonly string[]): Promise<(number | undefined)[]> {
  const values = await scrape(url);
  return series.map((name) => values.get(name));
}

describe('The metrics', () => {
  it('count the requests to Graph in flight and in the queue', async () => {
    const gateway = await startCounting({
      tenant: { users: 6, meetings: 0, recordings: 0 },
      config: { graphConcurrency: 2 },
    });
    const load = ['gateway_graph_requests_in_flight', 'gateway_graph_requests_queued'] as const;
    const hold = gateway.emulator.hold({ path: '/users/' });
    const first = [...names(gateway, 0, 1)];
    await hold.arrived(1);
    first.push(...names(gateway, 1, 2));
    await hold.arrived(2);
    expect(await valuesOf(gateway.url, ...load)).toEqual([2, 0]);
    // A query for something that is already in flight queues nothing of its own.
    const rest = names(gateway, 1, 6);
    await scrapeUntil(gateway.url, 'gateway_graph_requests_queued', 4);
    hold.release();
    await Promise.all([...first, ...rest]);
    expect(await valuesOf(gateway.url, ...load, 'gateway_graph_batch_parts_sum')).toEqual([0, 0, 4]);
  });

  it('count operations whose callers left, and drop their requests from the queue', async () => {
    const gateway = await startCounting({
      tenant: { users: 4, meetings: 0, recordings: 0 },
      config: { graphConcurrency: 1 },
    });
    const hold = gateway.emulator.hold({ path: '/users/' });
    const first = names(gateway, 0, 1);
    await hold.arrived(1);
    const leaving = new AbortController();
    const fields = gateway.emulator.tenant.users
      .slice(1, 3)
      .map(({ id }, index) => `u${index}: user(id: "${id}") { displayName }`);
    const search = new URLSearchParams({ query: `{ ${fields.join(' ')} }` });
    const left = fetch(`${gateway.url}/graphql?${search.toString()}`, { signal: leaving.signal });
    await scrapeUntil(gateway.url, 'gateway_graph_requests_queued', 2);
    leaving.abort();
    await Promise.allSettled([left]);
    await scrapeUntil(gateway.url, 'gateway_graphql_operations_total{outcome="left",type="unknown"}', 1);
    hold.release();
    await Promise.all([...first, ...names(gateway, 3, 4)]);
    const others = ['failed', 'partial'].map(
      (outcome) => `gateway_graphql_operations_total{outcome="${outcome}",type="query"}`,
    );
    expect(await valuesOf(gateway.url, 'gateway_graph_requests_queued', ...others)).toEqual([0, undefined, undefined]);
  });

  it('count the retries that the budget refuses', async () => {
    const gateway = await startCounting();
    const changes = await gateway.changesOf(async () => {
      gateway.emulator.fail({ kind: 'status', status: 429, retryAfterSeconds: 0.001, times: 100 });
      for (const _ of [1, 2, 3, 4]) await Promise.all(names(gateway, 0, 1));
    });
    expect(changes).toMatchObject({
      'gateway_graph_retries_total{outcome="sent"}': 10,
      'gateway_graph_retries_total{outcome="refused"}': 1,
      gateway_graph_retry_budget_remaining: expect.closeTo(-9.4),
      'gateway_graph_requests_total{kind="single",outcome="429"}': 14,
      'gateway_graphql_errors_total{code="THROTTLED"}': 4,
    });
  });

  it.each<[Door, string]>([
    ['events', 'sse'],
    ['websocket', 'websocket'],
  ])('count subscriptions over %s and the rounds of the feed', async (door, label) => {
    const clock = createDrivenClock();
    const gateway = await startCounting({ clock, tenant: { users: 1, meetings: 2, recordings: 3 } });
    const { url, emulator } = gateway;
    const organizer = emulator.tenant.users[0]?.id ?? '';
    const listening = listen(LISTEN, { door, url, variables: { organizer } });
    const before = await scrape(url);
    readDelta(await listening.next());
    clock.advance(2_000);
    const during = await scrape(url);
    expect(difference(before, during)).toMatchObject({
      'gateway_graphql_operations_total{outcome="ok",type="subscription"}': 1,
      'gateway_graphql_operations_total{outcome="ok",type="event"}': 1,
      'gateway_graph_requests_total{kind="delta",outcome="2xx"}': 1,
    });
    const states = [
      `gateway_subscriptions_open{door="${label}"}`,
      'gateway_feed_organizers',
      'gateway_feed_organizers_behind',
      'gateway_feed_oldest_round_age_seconds',
      'gateway_feed_rounds_total{outcome="ok"}',
    ];
    expect(states.map((name) => during.get(name))).toEqual([1, 1, 0, 2, 1]);
    emulator.fail({ kind: 'status', status: 403, match: { path: '/delta' }, times: 100 });
    clock.advance(600_000);
    for (let event = readDelta(await listening.next()); event.behind !== true;)
      event = readDelta(await listening.next());
    expect(await valuesOf(url, ...states, 'gateway_feed_rounds_total{outcome="failed"}')).toEqual([1, 1, 1, 602, 1, 1]);
    await listening.leave();
    await scrapeUntil(url, `gateway_subscriptions_open{door="${label}"}`, 0);
  });

  it('count open streams, sent bytes and refused streams', async () => {
    const gateway = await startCounting({
      settings: { contentBytes: 16 * 1_024 * 1_024 },
      config: { streams: { inAll: 1, perCaller: 1 } },
    });
    const url = await linkTo(gateway, addShortRecording(gateway));
    const before = await scrape(gateway.url);
    const stream = await fetch(url);
    const reader = stream.body?.getReader();
    await reader?.read();
    expect(await valuesOf(gateway.url, 'gateway_content_streams_open')).toEqual([1]);
    await (await fetch(url)).text();
    let piece = await reader?.read();
    while (piece?.done === false) piece = await reader?.read();
    const after = difference(before, await scrape(gateway.url));
    expect(after).toMatchObject({
      gateway_content_sent_bytes_total: Number(stream.headers.get('content-length')),
      gateway_content_refused_total: 1,
      'gateway_graph_requests_total{kind="content",outcome="2xx"}': 1,
      'gateway_http_requests_total{method="GET",route="/content/*",status="200"}': 1,
      'gateway_http_requests_total{method="GET",route="/content/*",status="429"}': 1,
    });
    expect(after).not.toHaveProperty('gateway_content_streams_open');
  });

  it('report the acquisitions of tokens, failed ones too, and the remaining lifetime', async () => {
    const clock = createDrivenClock(Date.now());
    const metrics = createTestMetrics(() => clock.now());
    const { url, entra } = await startChain({}, { clock, metrics });
    const ready = (): Promise<Response> => fetch(`${url}/readyz`);
    await ready();
    const series = [
      'gateway_token_acquisitions_total{credential="application",outcome="ok"}',
      'gateway_token_acquisitions_total{credential="application",outcome="failed"}',
    ];
    const remaining = 'gateway_token_remaining_seconds{credential="application"}';
    expect(await valuesOf(url, ...series)).toEqual([1, 0]);
    const [left = 0] = await valuesOf(url, remaining);
    expect(left).toBeGreaterThan(3_000);
    entra.settings.tokens = 'failing';
    clock.advance(3_600_000);
    expect((await ready()).status).toBe(503);
    expect(await valuesOf(url, ...series)).toEqual([1, 1]);
    expect(await valuesOf(url, remaining)).toEqual([expect.closeTo(left - 3_600)]);
  });
});

it('A GraphQL error code outside the known ones counts as OTHER', async () => {
  const metrics = createTestMetrics();
  metrics.operations.answered({ type: 'query', hasData: true, codes: ['a-code', 42, 'FORBIDDEN'] }, null);
  const values = parseMetrics(await metrics.read());
  const codes = ['OTHER', 'FORBIDDEN', 'a-code', '42'].map((code) => `gateway_graphql_errors_total{code="${code}"}`);
  expect(codes.map((code) => values.get(code))).toEqual([2, 1, undefined, undefined]);
});

it('The circuit toward Graph is in exactly one state at a time', async () => {
  const clock = createDrivenClock();
  const gateway = await startCounting({ clock, tenant: { users: 3, meetings: 0, recordings: 0 } });
  const states = ['closed', 'open', 'half-open'].map((state) => `gateway_graph_circuit_state{state="${state}"}`);
  expect(await valuesOf(gateway.url, ...states)).toEqual([1, 0, 0]);
  gateway.emulator.fail({ kind: 'status', status: 502, times: 10 });
  for (let failures = 0; failures < 10; failures += 1)
    await Promise.all(names(gateway, failures % 3, (failures % 3) + 1));
  expect(await valuesOf(gateway.url, ...states)).toEqual([0, 1, 0]);
  clock.advance(60_000);
  expect(await valuesOf(gateway.url, ...states)).toEqual([0, 0, 1]);
  await Promise.all(names(gateway, 0, 1));
  expect(await valuesOf(gateway.url, ...states)).toEqual([1, 0, 0]);
});
