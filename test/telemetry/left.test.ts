/** What is counted and logged of requests whose callers do not wait for the end of the response. */
import { describe, expect, it } from 'vitest';
import { addShortRecording, linkTo } from '../support/content.ts';
import { scrape, scrapeUntil, startCounting } from '../support/metrics.ts';
import type { CountingGateway } from '../support/metrics.ts';

const count = (method: string, route: string, status: string): string =>
  `gateway_http_requests_total{method="${method}",route="${route}",status="${status}"}`;

/** Requests events as a subscriber. */
function subscribe({ url, emulator }: CountingGateway, signal: AbortSignal): Promise<Response> {
  const organizer = emulator.tenant.users[0]?.id ?? '';
  const query = `subscription { callRecordingDelta(meetingOrganizerId: "${organizer}") { token } }`;
  return fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { accept: 'text/event-stream', 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
    signal,
  });
}

async function watch(gateway: CountingGateway, signal: AbortSignal): Promise<Response> {
  return fetch(await linkTo(gateway, addShortRecording(gateway)), { signal });
}

describe('A request whose caller leaves is counted, and logged', () => {
  it('without a status before the response', async () => {
    const gateway = await startCounting();
    const hold = gateway.emulator.hold({ path: '/users' });
    const leaving = new AbortController();
    const init = { signal: leaving.signal, headers: { 'x-request-id': 'mine' } };
    const response = fetch(`${gateway.url}/graphql?query={user(id:"a"){displayName}}`, init);
    await hold.arrived(1);
    leaving.abort();
    await expect(response).rejects.toThrow('aborted');
    await scrapeUntil(gateway.url, count('GET', '/graphql', 'none'), 1);
    expect(gateway.logged()).toMatch(
      /"requestId":"mine".*"status":null.*"connection ended before the end of the response"/,
    );
  });

  it.each([
    ['events', '/graphql', 'POST', subscribe],
    ['a video', '/content/*', 'GET', watch],
  ] as const)('with the status of %s in the middle of the response', async (_, route, method, ask) => {
    const gateway = await startCounting({ settings: { contentBytes: 64 * 1_024 * 1_024 } });
    const leaving = new AbortController();
    const response = await ask(gateway, leaving.signal);
    await response.body?.getReader().read();
    leaving.abort();
    await scrapeUntil(gateway.url, count(method, route, '200'), 1);
    expect(gateway.logged()).toMatch(/"status":200.*"connection ended before the end of the response"/);
  });
});

it('A request whose path is malformed is counted, and logged', async () => {
  const gateway = await startCounting();
  const changes = await gateway.changesOf(() => fetch(`${gateway.url}/%zz`, { headers: { 'x-request-id': 'mine' } }));
  expect(changes).toMatchObject({ [count('GET', 'none', '400')]: 1 });
  expect(gateway.logged()).toMatch(/"requestId":"mine","method":"GET","path":"\/%zz","status":400/);
});

it.each([
  ['lone request', 'single', '{ user(id: "a") { displayName } }'],
  ['batch', 'batch', '{ a: user(id: "a") { displayName } b: user(id: "b") { displayName } }'],
])('A %s to Graph that only the caller has ended counts as aborted, not as failed', async (_, kind, query) => {
  const gateway = await startCounting();
  const hold = gateway.emulator.hold({});
  const leaving = new AbortController();
  const response = fetch(`${gateway.url}/graphql?query=${encodeURIComponent(query)}`, { signal: leaving.signal });
  await hold.arrived(1);
  leaving.abort();
  await expect(response).rejects.toThrow('aborted');
  await scrapeUntil(gateway.url, `gateway_graph_requests_total{kind="${kind}",outcome="aborted"}`, 1);
  const series = await scrape(gateway.url);
  expect(series.get('gateway_graph_parts_total{outcome="aborted"}')).toBe(kind === 'batch' ? 2 : 1);
  expect([...series.keys()].filter((name) => name.includes('outcome="timeout"'))).toEqual([]);
  expect(gateway.logged()).toContain('"outcome":"aborted"');
});
