import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { createDrivenClock } from '../support/clock.ts';
import { repeat } from '../support/document.ts';
import { startEntra } from '../support/entra.ts';
import { startGateway } from '../support/gateway.ts';
import type { TestGateway } from '../support/gateway.ts';
import { LISTEN } from '../support/live.ts';

interface Client {
  readonly socket: WebSocket;
  send(message: unknown): void;
  /** The next message. */
  next(): Promise<unknown>;
  /** The code with which it is closed. */
  readonly closed: Promise<unknown>;
}

/** A client that sends the messages of the test, valid or not. */
async function connect({ url }: TestGateway, headers: Readonly<Record<string, string>> = {}): Promise<Client> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', { headers });
  onTestFinished(() => socket.terminate());
  const messages: unknown[] = [];
  let wake = Promise.withResolvers<void>();
  socket.on('message', (data: Buffer) => {
    messages.push(JSON.parse(data.toString()));
    wake.resolve();
    wake = Promise.withResolvers();
  });
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await once(socket, 'open');
  return {
    socket,
    closed,
    send: (message) => socket.send(JSON.stringify(message)),
    async next() {
      while (messages.length === 0) await wake.promise;
      return messages.shift();
    },
  };
}

async function connectOpen(gateway: TestGateway): Promise<Client> {
  const client = await connect(gateway);
  client.send({ type: 'connection_init' });
  expect(await client.next()).toEqual({ type: 'connection_ack' });
  return client;
}

function subscribe(id: string, query: string, variables = {}): unknown {
  return { id, type: 'subscribe', payload: { query, variables } };
}

const MEETING = 'query ($organizer: ID!) { onlineMeeting(organizerId: $organizer, id: "a") { subject } }';

describe('A connection', () => {
  it('takes the access token from wherever clients and routers put it', async () => {
    const entra = await startEntra();
    const { authority, clientId, tenantId, certificateAuthority: graphCertificateAuthority } = entra;
    const callers = { authority, tenantIds: [tenantId], audiences: [clientId] } as const;
    const gateway = await startGateway({ config: { callers, graphCertificateAuthority } });
    const authorization = `Bearer ${await entra.issue()}`;
    const places: readonly (readonly [headers: Record<string, string>, payload: unknown])[] = [
      [{ authorization }, undefined],
      [{}, { authorization }],
      [{}, { Authorization: authorization }],
      [{}, { connectionParams: { authorization } }],
      [{}, { headers: { Authorization: authorization } }],
      // As Apollo Router connects if it propagates the header to this subgraph and no parameters are configured.
      [{ authorization }, { connectionParams: { token: authorization } }],
    ];
    for (const [headers, payload] of places) {
      const client = await connect(gateway, headers);
      client.send({ type: 'connection_init', payload });
      expect(await client.next()).toEqual({ type: 'connection_ack' });
    }
    const client = await connect(gateway, { authorization });
    // The payload takes precedence over the header.
    client.send({ type: 'connection_init', payload: { authorization: 'Bearer another' } });
    expect(await client.closed).toBe(4401);
  });

  it.each([
    ['sends another message before connection_init', subscribe('1', '{ __typename }'), 4401],
    ['sends text that is not JSON', 'nonsense', 4400],
    ['sends a message that only servers send', { type: 'connection_ack' }, 4400],
    ['sends a message that is too large', { type: 'ping', payload: { text: 'x'.repeat(300_000) } }, 1009],
  ] as const)('that %s is closed', async (_, message, code) => {
    const gateway = await startGateway();
    const client = await connect(gateway);
    client.send(message);
    expect(await client.closed).toBe(code);
    expect(gateway.logged()).not.toContain('unexpected error');
  });

  it('that uses the id of an open operation again is closed, however long the id is', async () => {
    const gateway = await startGateway({ tenant: { users: 1, meetings: 1, recordings: 1 } });
    const organizer = gateway.emulator.tenant.users[0]?.id ?? '';
    const client = await connectOpen(gateway);
    const id = 'ü'.repeat(200);
    client.send(subscribe(id, LISTEN, { organizer }));
    expect(await client.next()).toMatchObject({ id, type: 'next' });
    client.send(subscribe(id, '{ __typename }'));
    expect(await client.closed).toBe(4409);
    expect(gateway.logged()).not.toContain('unexpected error');
  });

  it('may have 100 operations open, and receives an error for one more', async () => {
    const gateway = await startGateway({ tenant: { users: 1, meetings: 1, recordings: 1 } });
    const organizer = gateway.emulator.tenant.users[0]?.id ?? '';
    const client = await connectOpen(gateway);
    for (let id = 1; id <= 100; id += 1) client.send(subscribe(String(id), LISTEN, { organizer }));
    for (let id = 1; id <= 100; id += 1) expect(await client.next()).toMatchObject({ type: 'next' });
    client.send(subscribe('101', LISTEN, { organizer }));
    expect(await client.next()).toMatchObject({
      id: '101',
      type: 'error',
      payload: [{ message: expect.stringContaining('at most 100'), extensions: { code: 'BAD_REQUEST' } }],
    });
    client.send({ id: '1', type: 'complete' });
    client.send(subscribe('102', '{ __typename }'));
    expect(await client.next()).toMatchObject({ id: '102', type: 'next' });
  });

  it('says no more of a query that was completed, though another has its id now', async () => {
    const gateway = await startGateway({ tenant: { users: 1, meetings: 1, recordings: 1 } });
    const organizer = gateway.emulator.tenant.users[0]?.id ?? '';
    const client = await connectOpen(gateway);
    const hold = gateway.emulator.hold({ pathPattern: '.' });
    client.send(subscribe('1', MEETING, { organizer }));
    await hold.arrived(1);
    client.send({ id: '1', type: 'complete' });
    const named = '{ user(id: "a") { displayName } }';
    client.send(subscribe('1', named));
    await hold.arrived(2);
    hold.release();
    expect(await client.next()).toEqual({ id: '1', type: 'next', payload: { data: { user: { displayName: null } } } });
    expect(await client.next()).toEqual({ id: '1', type: 'complete' });
  });

  it('whose token has expired has no operation executed, even if it does not close', async () => {
    const entra = await startEntra();
    const clock = createDrivenClock(Date.now());
    const { authority, clientId, tenantId, certificateAuthority: graphCertificateAuthority, userId } = entra;
    const callers = { authority, tenantIds: [tenantId], audiences: [clientId] } as const;
    const gateway = await startGateway({ clock, config: { callers, graphCertificateAuthority } });
    gateway.emulator.addUser({ id: userId });
    const client = await connect(gateway);
    const authorization = `Bearer ${await entra.issue({ expiresInSeconds: 600 })}`;
    client.send({ type: 'connection_init', payload: { authorization } });
    expect(await client.next()).toEqual({ type: 'connection_ack' });
    client.send(subscribe('1', MEETING, { organizer: userId }));
    expect(await client.next()).toMatchObject({ id: '1', type: 'next' });
    const asked = gateway.requests();
    expect(asked).not.toEqual([]);
    // It is sent a close frame, and does not read it.
    client.socket.pause();
    clock.advance(601_000);
    for (let id = 2; id < 12; id += 1) client.send(subscribe(String(id), MEETING, { organizer: userId }));
    for (let turn = 0; turn < 2_000; turn += 1) await new Promise(setImmediate);
    expect(gateway.requests()).toEqual(asked);
    client.socket.resume();
    expect(await client.closed).toBe(4401);
  });

  it('that answers no ping is terminated', async () => {
    const clock = createDrivenClock();
    const client = await connect(await startGateway({ clock }));
    // The library answers pings by itself, but not while its socket is paused.
    client.socket.pause();
    await clock.waiting(12_000);
    clock.advance(12_000);
    await clock.waiting(12_000);
    clock.advance(12_000);
    client.socket.resume();
    expect(await client.closed).toBe(1006);
  });

  it('whose client reads nothing is closed', async () => {
    const clock = createDrivenClock();
    const gateway = await startGateway({ clock, tenant: { users: 1, meetings: 1, recordings: 2_000 } });
    const organizer = gateway.emulator.tenant.users[0]?.id ?? '';
    const client = await connectOpen(gateway);
    client.socket.pause();
    // Much more than the system buffers for a connection.
    const query = LISTEN.replace(/\{ added .*\}/, `{ added { ${repeat(30, (index) => `id${index}: id`)} } }`);
    client.send(subscribe('1', query, { organizer }));
    await clock.waiting(30_000);
    clock.advance(30_000);
    client.socket.resume();
    expect(await client.closed).toBe(1013);
  });
});
