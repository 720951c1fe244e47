import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { addShortRecording, linkTo } from '../support/content.ts';
import { at, listAt, startGateway } from '../support/gateway.ts';
import type { TestGateway } from '../support/gateway.ts';
import { createTestMetrics, scrape } from '../support/metrics.ts';

interface FullGateway {
  readonly gateway: TestGateway;
  readonly link: string;
  /** Over which somebody has come in before. */
  readonly socket: WebSocket;
  /** Lets what is open be answered, and gives the statuses. */
  readonly release: () => Promise<number[]>;
}

const connect = ({ url }: TestGateway): WebSocket =>
  new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');

const ask = ({ url }: TestGateway, query: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${url}/graphql?query=${encodeURIComponent(query)}`, { headers });

/** Sends a message, and resolves with the next that comes. */
async function say(socket: WebSocket, message: unknown): Promise<unknown> {
  const answer = once(socket, 'message');
  socket.send(JSON.stringify(message));
  return JSON.parse(String((await answer)[0]));
}

/** A gateway for which everything is too late, and which has as many requests open as it lets in then. */
async function startFull(): Promise<FullGateway> {
  const gateway = await startGateway({
    config: { overloadDelayMs: -1_000_000 },
    metrics: createTestMetrics(),
    tenant: { users: 8, meetings: 1, recordings: 1 },
  });
  const link = await linkTo(gateway, addShortRecording(gateway));
  const socket = connect(gateway);
  onTestFinished(() => socket.terminate());
  await once(socket, 'open');
  await say(socket, { type: 'connection_init' });
  const hold = gateway.emulator.hold({ path: '/users/' });
  onTestFinished(hold.release);
  const open = gateway.emulator.tenant.users.map(({ id }) => ask(gateway, `{ user(id: "${id}") { displayName } }`));
  await hold.arrived(1);
  // oxlint-disable-next-line no-await-in-loop -- until it has been looked
  while ((await ask(gateway, '{ __typename }')).status !== 503);
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

describe('A gateway that can take no more', () => {
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
  ])('refuses %s, and says when to come back', async (_, refusedBy) => {
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

  it('goes on with what it has begun, and then takes others', async () => {
    const { gateway, release } = await startFull();
    expect(await release()).toEqual(Array(8).fill(200));
    expect((await ask(gateway, '{ __typename }')).status).toBe(200);
  });

  it('counts nobody who listens among those who wait', async () => {
    const { gateway, release } = await startFull();
    await release();
    const document = `subscription { callRecordingDelta(meetingOrganizerId: "${gateway.emulator.tenant.users[0]?.id}") { __typename } }`;
    const listeners: Response[] = [];
    for (let listener = 0; listener < 20; listener += 1)
      // oxlint-disable-next-line no-await-in-loop -- one after the other, since eight may come at once
      listeners.push(await ask(gateway, document, { accept: 'text/event-stream' }));
    expect(new Set(listeners.map(({ status }) => status))).toEqual(new Set([200]));
    expect((await scrape(gateway.url)).get('gateway_requests_open')).toBe(0);
    for (const { body } of listeners) void body?.cancel();
  });

  it('is alive, ready, counted and notified all the same', async () => {
    const { gateway } = await startFull();
    const paths = ['/healthz', '/readyz', '/metrics'];
    const statuses = paths.map(async (path) => (await fetch(`${gateway.url}${path}`)).status);
    const notified = await fetch(`${gateway.url}/notifications?validationToken=a`, { method: 'POST' });
    expect([...(await Promise.all(statuses)), notified.status]).toEqual([200, 200, 200, 200]);
    const values = await scrape(gateway.url);
    expect(values.get('gateway_overload_refused_total{door="http"}')).toBeGreaterThan(0);
    expect([values.get('gateway_requests_open'), values.get('gateway_requests_open_limit')]).toEqual([8, 8]);
  });

  it('takes no WebSocket, and tells operations over those that there are', async () => {
    const { gateway, socket } = await startFull();
    const [, response] = await once(connect(gateway), 'unexpected-response');
    expect([at(response, 'statusCode'), at(response, 'headers.retry-after')]).toEqual([503, '5']);
    const answer = await say(socket, { type: 'subscribe', id: '1', payload: { query: '{ __typename }' } });
    expect(at(listAt(answer, 'payload')[0], 'extensions.code')).toBe('OVERLOADED');
    expect((await scrape(gateway.url)).get('gateway_overload_refused_total{door="websocket"}')).toBe(2);
  });
});
