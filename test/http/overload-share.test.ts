/** One caller with very many requests does not cause the refusal of others. */
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { keepBusy } from '../support/busy.ts';
import { startEntra } from '../support/entra.ts';
import { at, listAt, startGateway } from '../support/gateway.ts';
import { createTestMetrics, scrapeUntil } from '../support/metrics.ts';

/** As many as may always be open, and half of them, which one caller may have while there are no others. */
const FULL = 32;
const HALF = 16;

const [ADA, BEN] = ['00000000-0000-4000-8000-00000000000a', '00000000-0000-4000-8000-00000000000b'] as const;
/** What takes as long as Graph does. */
const SLOW = `{ user(id: "${ADA}") { displayName } }`;
const CALLS_NOBODY = '{ __typename }';

/** A gateway that is busy, and what asks it as somebody. What is slow waits until the test is over. */
async function start() {
  const entra = await startEntra();
  const { authority, clientId, tenantId, certificateAuthority: graphCertificateAuthority } = entra;
  const callers = { authority, tenantIds: [tenantId], audiences: [clientId] } as const;
  const config = { callers, graphCertificateAuthority, overloadDelayMs: 10 };
  const gateway = await startGateway({ metrics: createTestMetrics(), config });
  gateway.emulator.addUser({ id: ADA });
  onTestFinished(gateway.emulator.hold({ path: '/users/' }).release);
  keepBusy();
  await scrapeUntil(gateway.url, 'gateway_requests_open_limit', FULL);
  const authorizations = new Map<string, string>();
  for (const objectId of [ADA, BEN]) authorizations.set(objectId, `Bearer ${await entra.issue({ objectId })}`);
  const authorizationOf = (objectId: string): string => authorizations.get(objectId) ?? '';

  async function askAs(objectId: string, query: string): Promise<number> {
    const headers = { authorization: authorizationOf(objectId) };
    const response = await fetch(`${gateway.url}/graphql?query=${encodeURIComponent(query)}`, { headers });
    return response.status;
  }

  async function enterAs(objectId: string): Promise<WebSocket> {
    const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    onTestFinished(() => socket.terminate());
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: authorizationOf(objectId) } }));
    await once(socket, 'message');
    return socket;
  }

  return { gateway, askAs, enterAs };
}

/** Asks over a WebSocket, and resolves with what comes next. */
async function say(socket: WebSocket, id: string, query: string): Promise<unknown> {
  const answer = once(socket, 'message');
  socket.send(JSON.stringify({ type: 'subscribe', id, payload: { query } }));
  return JSON.parse(String((await answer)[0]));
}

describe('A caller with half of the open requests', () => {
  it('is refused over HTTP and WebSocket, and other callers are not', async () => {
    const { gateway, askAs, enterAs } = await start();
    const [adas, bens] = [await enterAs(ADA), await enterAs(BEN)];
    for (let id = 0; id < HALF / 2; id += 1)
      adas.send(JSON.stringify({ type: 'subscribe', id: `${id}`, payload: { query: SLOW } }));
    for (let count = 0; count < HALF / 2; count += 1) void askAs(ADA, SLOW).catch(() => null);
    await scrapeUntil(gateway.url, 'gateway_requests_open', HALF);
    expect(at(listAt(await say(adas, 'more', CALLS_NOBODY), 'payload')[0], 'extensions.code')).toBe('OVERLOADED');
    expect(await askAs(ADA, CALLS_NOBODY)).toBe(503);
    expect(await askAs(BEN, CALLS_NOBODY)).toBe(200);
    expect(await say(bens, 'one', CALLS_NOBODY)).toMatchObject({ type: 'next' });
    adas.send(JSON.stringify({ type: 'complete', id: '0' }));
    await scrapeUntil(gateway.url, 'gateway_requests_open', HALF - 1);
    expect(await askAs(ADA, CALLS_NOBODY)).toBe(200);
  });
});
