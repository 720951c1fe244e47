import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { createDrivenClock } from '../support/clock.ts';
import { repeat } from '../support/document.ts';
import { at, startGateway } from '../support/gateway.ts';
import type { TestGateway, TestGatewayOptions } from '../support/gateway.ts';
import { LISTEN, listen } from '../support/live.ts';
import type { Door } from '../support/live.ts';

interface Open {
  readonly gateway: TestGateway;
  readonly organizer: string;
}

async function startOpen(options: TestGatewayOptions = {}): Promise<Open> {
  const gateway = await startGateway({ tenant: { users: 1, meetings: 1, recordings: 1 }, ...options });
  return { gateway, organizer: gateway.emulator.tenant.users[0]?.id ?? '' };
}

describe.each<Door>(['events', 'websocket'])('A subscriber over %s', (door) => {
  it('is disconnected when the gateway closes, without a completion', async () => {
    const { gateway, organizer } = await startOpen();
    const listening = listen(LISTEN, { door, url: gateway.url, variables: { organizer } });
    await listening.next();
    const rest = listening.rest().catch((error: unknown) => error);
    await gateway.close();
    // A completion would resolve it.
    expect(await rest).not.toBeInstanceOf(Array);
  });
});

function ask(
  url: string,
  organizer: string,
  headers: Record<string, string>,
  init: RequestInit = {},
): Promise<Response> {
  return fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query: LISTEN, variables: { organizer } }),
    ...init,
  });
}

describe('A subscription', () => {
  it.each(['POST', 'GET'])('that does not ask for events is refused by %s', async (method) => {
    const { gateway, organizer } = await startOpen();
    const headers = { accept: 'application/json' };
    const search = new URLSearchParams({ query: LISTEN, variables: JSON.stringify({ organizer }) });
    const response = await (method === 'POST'
      ? ask(gateway.url, organizer, headers)
      : fetch(`${gateway.url}/graphql?${search}`, { headers }));
    expect([response.status, response.headers.get('allow')]).toEqual([406, null]);
    expect(await response.json()).toEqual({
      errors: [{ message: expect.stringContaining('text/event-stream'), extensions: { code: 'BAD_REQUEST' } }],
    });
  });

  it.each([
    'text/event-stream',
    'Text/Event-Stream; q=0.9',
    'text/event-stream, text/plain',
    'text/event-stream, application/json;q=0',
    'text/event-stream, application/json; charset=utf-8; Q=0.000, */*;q=0.0',
  ])('is answered with events where the header "accept" is %s', async (accept) => {
    const { gateway, organizer } = await startOpen();
    const response = await ask(gateway.url, organizer, { accept });
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
      'x-request-id': expect.any(String),
    });
    await response.body?.cancel();
  });

  it('can be requested by GET, as browsers do', async () => {
    const { gateway, organizer } = await startOpen();
    const search = new URLSearchParams({ query: LISTEN, variables: JSON.stringify({ organizer }) });
    const response = await fetch(`${gateway.url}/graphql?${search}`, { headers: { accept: 'text/event-stream' } });
    expect(response.status).toBe(200);
    await response.body?.cancel();
  });
});

describe('A query', () => {
  it.each([
    'application/json, text/event-stream',
    '*/*',
    'text/event-stream, */*;q=0.1',
    'text/event-stream;q=0, application/*',
  ])('has one answer, not events, where the header "accept" is %s', async (accept) => {
    const { gateway } = await startOpen();
    const response = await ask(gateway.url, '', { accept }, { body: JSON.stringify({ query: '{ __typename }' }) });
    expect(await response.json()).toEqual({ data: { __typename: 'Query' } });
  });

  it('gets no events where the header "accept" excludes them and names nothing else', async () => {
    const { gateway } = await startOpen();
    const response = await ask(gateway.url, '', { accept: 'text/event-stream;q=0' });
    expect(response.status).toBe(406);
  });
});

describe('A page of another site', () => {
  it('may not subscribe by GET', async () => {
    const { gateway, organizer } = await startOpen();
    const search = new URLSearchParams({ query: LISTEN, variables: JSON.stringify({ organizer }) });
    const response = await fetch(`${gateway.url}/graphql?${search}`, {
      headers: { accept: 'text/event-stream', origin: 'https://elsewhere.example' },
    });
    expect(response.status).toBe(403);
    expect(gateway.requests()).toEqual([]);
  });

  it.each([
    ['https://elsewhere.example', 403],
    ['null', 403],
    ['https://allowed.example', 101],
    [null, 101],
  ])('of the origin %s opening a WebSocket gets %i', async (origin, status) => {
    const { gateway } = await startOpen({ config: { corsOrigins: ['https://allowed.example'] } });
    const socket = new WebSocket(
      `${gateway.url.replace('http', 'ws')}/graphql`,
      'graphql-transport-ws',
      origin === null ? {} : { origin },
    );
    // To terminate a refused socket raises an error.
    socket.on('error', () => {});
    onTestFinished(() => socket.terminate());
    const seen = await new Promise((resolve) => {
      socket.on('open', () => resolve(101));
      socket.on('unexpected-response', (_, response) => resolve(response.statusCode));
    });
    expect(seen).toBe(status);
  });
});

/** Requests events over a bare connection, from which only `read` reads. */
async function openSocket(
  url: string,
  organizer: string,
  query = LISTEN,
): Promise<{ readonly socket: Socket; readonly read: (text: string) => Promise<string> }> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  const body = JSON.stringify({ query, variables: { organizer } });
  socket.write(
    `POST /graphql HTTP/1.1\r\nhost: localhost\r\naccept: text/event-stream\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
  let seen = '';
  return {
    socket,
    async read(text) {
      while (!seen.includes(text)) {
        const [chunk]: unknown[] = await once(socket, 'data');
        seen += String(chunk);
      }
      const read = seen;
      seen = '';
      return read;
    },
  };
}

describe('A connection', () => {
  it('is kept alive while there are no events', async () => {
    const clock = createDrivenClock();
    const { gateway, organizer } = await startOpen({ clock });
    const { read } = await openSocket(gateway.url, organizer);
    await read('event: next');
    await clock.waiting(12_000);
    clock.advance(12_000);
    // A comment of the event stream, in a chunk of its own.
    const comment = '3\r\n:\n\n\r\n';
    expect(await read(comment)).toBe(comment);
  });

  it('whose client reads nothing is cut, without effect on others', async () => {
    const clock = createDrivenClock();
    const { gateway, organizer } = await startOpen({ clock, tenant: { users: 1, meetings: 1, recordings: 2_000 } });
    // Much more than the system buffers for a connection.
    const fields = `added { ${repeat(30, (index) => `id${index}: id`)} } hasMore`;
    const query = LISTEN.replace(/\{ added .*\}/, `{ ${fields} }`);
    const { socket } = await openSocket(gateway.url, organizer, query);
    socket.pause();
    const other = listen(query, { door: 'events', url: gateway.url, variables: { organizer } });
    while (at((await other.next()).data, 'callRecordingDelta.hasMore') === true);
    await clock.waiting(30_000);
    const closed = once(socket, 'close');
    clock.advance(30_000);
    socket.resume();
    await closed;
    const added = gateway.emulator.addRecording().id;
    clock.advance(2_000);
    expect(JSON.stringify(await other.next())).toContain(added);
    // Now both have left, the cut one too, and no subscriber needs rounds of polling.
    await other.leave();
    await clock.waiting(10_000);
    clock.advance(10_000);
    await expect.poll(() => gateway.requests().at(-1)).toContain('DELETE /v1.0/subscriptions');
  });
});
