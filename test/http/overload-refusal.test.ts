import { once } from 'node:events';
import { IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import { readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { keepBusy } from '../support/busy.ts';
import { addShortRecording, linkTo } from '../support/content.ts';
import { at, listAt, startGateway } from '../support/gateway.ts';
import type { TestGateway } from '../support/gateway.ts';
import { createTestMetrics, scrape, scrapeUntil } from '../support/metrics.ts';

interface FullGateway {
  readonly gateway: TestGateway;
  readonly link: string;
  /** Carries one of the open requests. */
  readonly socket: WebSocket;
  /** Lets the open requests be answered, and gives the statuses of those over HTTP. */
  readonly release: () => Promise<number[]>;
}

const connect = ({ url }: TestGateway): WebSocket =>
  new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');

const ask = ({ url }: TestGateway, query: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${url}/graphql?query=${encodeURIComponent(query)}`, { headers });

/** Sends a message, and resolves with the next one received. */
async function say(socket: WebSocket, message: unknown): Promise<unknown> {
  const answer = once(socket, 'message');
  socket.send(JSON.stringify(message));
  return JSON.parse(String((await answer)[0]));
}

/** Opens and initializes a WebSocket. */
async function enter(gateway: TestGateway): Promise<WebSocket> {
  const socket = connect(gateway);
  onTestFinished(() => socket.terminate());
  await once(socket, 'open');
  await say(socket, { type: 'connection_init' });
  return socket;
}

/** The least limit of open requests. */
const FULL = 32;

/** A busy gateway with as many open requests as it accepts while busy, one of them over WebSocket. */
async function startFull(): Promise<FullGateway> {
  const gateway = await startGateway({
    config: { overloadDelayMs: 10 },
    metrics: createTestMetrics(),
    tenant: { users: 8, meetings: 1, recordings: 1 },
  });
  const link = await linkTo(gateway, addShortRecording(gateway));
  const socket = await enter(gateway);
  const hold = gateway.emulator.hold({ path: '/users/' });
  onTestFinished(hold.release);
  const nameOf = (index: number): string =>
    `{ user(id: "${gateway.emulator.tenant.users[index % 8]?.id}") { displayName } }`;
  socket.send(JSON.stringify({ type: 'subscribe', id: 'held', payload: { query: nameOf(0) } }));
  const open = Array.from({ length: FULL - 1 }, (_, index) => ask(gateway, nameOf(index)));
  await scrapeUntil(gateway.url, 'gateway_requests_open', FULL);
  keepBusy();
  await scrapeUntil(gateway.url, 'gateway_requests_open_limit', FULL);
  return {
    gateway,
    link,
    socket,
    async release() {
      hold.release();
      return (await Promise.all(open)).map(({ status }) => status);
    },
  };
}

describe('An overloaded gateway', () => {
  it.each<[string, (full: FullGateway) => Promise<Response>]>([
    [
      'a query, before its body is read',
      ({ gateway }) =>
        fetch(`${gateway.url}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: '{ no JSON',
        }),
    ],
    ['a GET', ({ gateway }) => ask(gateway, '{ __typename }')],
    ['events', ({ gateway }) => ask(gateway, '{ __typename }', { accept: 'text/event-stream' })],
    ['content', ({ link }) => fetch(link)],
  ])('refuses %s with a Retry-After, without a request to Graph', async (_, refusedBy) => {
    const full = await startFull();
    const before = full.gateway.requests();
    const response = await refusedBy(full);
    expect(response.status).toBe(503);
    expect(response.headers.get('x-request-id')).not.toBeNull();
    const retryAfter = Number(response.headers.get('retry-after'));
    expect(retryAfter).toBeGreaterThanOrEqual(1);
    const [error] = listAt(await response.json(), 'errors');
    expect(at(error, 'extensions')).toEqual({ code: 'OVERLOADED', retryAfter });
    expect(readFileSync('docs/errors.md', 'utf8')).toContain(JSON.stringify(at(error, 'message')));
    expect(full.gateway.requests()).toEqual(before);
  });

  it('completes the requests it has begun, and then accepts others', async () => {
    const { gateway, socket, release } = await startFull();
    const told = once(socket, 'message');
    expect(await release()).toEqual(Array(FULL - 1).fill(200));
    expect(JSON.parse(String((await told)[0]))).toMatchObject({ type: 'next', id: 'held' });
    expect((await ask(gateway, '{ __typename }')).status).toBe(200);
  });

  it('still answers health checks, metrics and notifications, and counts refusals', async () => {
    const { gateway } = await startFull();
    const paths = ['/healthz', '/readyz', '/metrics'];
    const statuses = paths.map(async (path) => (await fetch(`${gateway.url}${path}`)).status);
    const notified = await fetch(`${gateway.url}/notifications?validationToken=a`, { method: 'POST' });
    expect([...(await Promise.all(statuses)), notified.status]).toEqual([200, 200, 200, 200]);
    expect((await ask(gateway, '{ __typename }')).status).toBe(503);
    const values = await scrape(gateway.url);
    expect(values.get('gateway_overload_refused_total{door="http"}')).toBe(1);
    expect([values.get('gateway_requests_open'), values.get('gateway_requests_open_limit')]).toEqual([FULL, FULL]);
  });

  it('refuses new WebSockets, and operations over open ones', async () => {
    const { gateway, socket } = await startFull();
    const [, response] = await once(connect(gateway), 'unexpected-response');
    if (!(response instanceof IncomingMessage)) throw new Error('Expected a response to the upgrade.');
    const body: unknown = await json(response);
    expect(at(body, 'errors.0.extensions')).toEqual({ code: 'OVERLOADED', retryAfter: expect.any(Number) });
    const retryAfter = String(at(body, 'errors.0.extensions.retryAfter'));
    expect([response.statusCode, response.headers['retry-after']]).toEqual([503, retryAfter]);
    const answer = await say(socket, { type: 'subscribe', id: '1', payload: { query: '{ __typename }' } });
    expect(at(listAt(answer, 'payload')[0], 'extensions.code')).toBe('OVERLOADED');
    expect((await scrape(gateway.url)).get('gateway_overload_refused_total{door="websocket"}')).toBe(2);
  });
});

const OPEN = 'gateway_requests_open';

const startCalm = (): Promise<TestGateway> =>
  startGateway({ metrics: createTestMetrics(), settings: { contentBytes: 16 * 1_024 * 1_024 } });

const organizerOf = ({ emulator }: TestGateway): string => emulator.tenant.users[0]?.id ?? '';

const deltaOf = (gateway: TestGateway): string =>
  `subscription { callRecordingDelta(meetingOrganizerId: "${organizerOf(gateway)}") { __typename } }`;

describe('The number of open requests', () => {
  it('leaves out subscribers over events', async () => {
    const gateway = await startCalm();
    const asked = Array.from({ length: 40 }, () => ask(gateway, deltaOf(gateway), { accept: 'text/event-stream' }));
    const listeners = await Promise.all(asked);
    expect(new Set(listeners.map(({ status }) => status))).toEqual(new Set([200]));
    await scrapeUntil(gateway.url, 'gateway_subscriptions_open{door="sse"}', 40);
    await scrapeUntil(gateway.url, OPEN, 0);
    for (const { body } of listeners) void body?.cancel();
  });

  it.each<[string, (gateway: TestGateway, query: string) => Promise<unknown>]>([
    ['as events', async (gateway, query) => (await ask(gateway, query, { accept: 'text/event-stream' })).text()],
    [
      'over WebSocket',
      async (gateway, query) => say(await enter(gateway), { type: 'subscribe', id: '1', payload: { query } }),
    ],
  ])('leaves out an operation that may not be executed, requested %s', async (_, answeredTo) => {
    const gateway = await startCalm();
    expect(JSON.stringify(await answeredTo(gateway, '{ nothing }'))).toContain('GRAPHQL_VALIDATION_FAILED');
    expect((await scrape(gateway.url)).get(OPEN)).toBe(0);
  });

  it('leaves out an operation that its client has completed over WebSocket', async () => {
    const gateway = await startCalm();
    const socket = await enter(gateway);
    const hold = gateway.emulator.hold({ path: '/users/' });
    onTestFinished(hold.release);
    const query = `{ user(id: "${organizerOf(gateway)}") { displayName } }`;
    socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload: { query } }));
    await hold.arrived(1);
    expect((await scrape(gateway.url)).get(OPEN)).toBe(1);
    socket.send(JSON.stringify({ type: 'complete', id: '1' }));
    await scrapeUntil(gateway.url, OPEN, 0);
  });

  it('leaves out subscribers over WebSocket', async () => {
    const gateway = await startCalm();
    const socket = await enter(gateway);
    const event = await say(socket, { type: 'subscribe', id: '1', payload: { query: deltaOf(gateway) } });
    expect(event).toMatchObject({ type: 'next' });
    expect((await scrape(gateway.url)).get(OPEN)).toBe(0);
  });

  it.each<[string, (gateway: TestGateway, query: string) => Promise<unknown>]>([
    ['by POST', (gateway, query) => gateway.query(query)],
    ['as events', async (gateway, query) => (await ask(gateway, query, { accept: 'text/event-stream' })).text()],
    [
      'over WebSocket',
      async (gateway, query) => say(await enter(gateway), { type: 'subscribe', id: '1', payload: { query } }),
    ],
  ])('includes a query requested %s until it is answered', async (_, answeredTo) => {
    const gateway = await startCalm();
    const hold = gateway.emulator.hold({ path: '/users/' });
    onTestFinished(hold.release);
    const answer = answeredTo(gateway, `{ user(id: "${organizerOf(gateway)}") { displayName } }`);
    await hold.arrived(1);
    expect((await scrape(gateway.url)).get(OPEN)).toBe(1);
    hold.release();
    expect(JSON.stringify(await answer)).toContain('displayName');
    expect((await scrape(gateway.url)).get(OPEN)).toBe(0);
  });

  it('includes a request for content until it streams', async () => {
    const gateway = await startCalm();
    const link = await linkTo(gateway, addShortRecording(gateway));
    const hold = gateway.emulator.hold({ path: '/content' });
    onTestFinished(hold.release);
    const answer = fetch(link);
    await hold.arrived(1);
    expect((await scrape(gateway.url)).get(OPEN)).toBe(1);
    hold.release();
    const { body } = await answer;
    const values = await scrape(gateway.url);
    expect([values.get(OPEN), values.get('gateway_content_streams_open')]).toEqual([0, 1]);
    await body?.cancel();
  });
});
