import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { askBy } from '../support/doors.ts';
import { startEntra } from '../support/entra.ts';
import { startGateway } from '../support/gateway.ts';
import { LISTEN, listen } from '../support/live.ts';
import type { Door } from '../support/live.ts';

const REFUSAL = 'No more subscription connections can be open at once: the gateway has reached its limit';

describe('A subscriber', () => {
  it.each<[Door, Door]>([
    ['events', 'websocket'],
    ['websocket', 'events'],
  ])('over %s takes a place that is not free over %s until it leaves', async (first, second) => {
    const gateway = await startGateway({ config: { listeners: { inAll: 1, perCaller: 1 } } });
    const variables = { organizer: gateway.emulator.tenant.users[0]?.id ?? '' };
    const listening = listen(LISTEN, { door: first, url: gateway.url, variables });
    await listening.next();
    const refused = await askBy(second, gateway.url, { query: LISTEN, variables }).catch((error: unknown) => error);
    expect(refused instanceof Error ? refused.message : JSON.stringify(refused)).toContain(REFUSAL);
    await listening.leave();
    await expect
      .poll(() => askBy(second, gateway.url, { query: LISTEN, variables }).catch(() => null))
      .toMatchObject({ data: { callRecordingDelta: {} } });
  });

  it('takes a place for each subscription over one WebSocket, the first with the connection', async () => {
    const gateway = await startGateway({ config: { listeners: { inAll: 2, perCaller: 2 } } });
    const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    onTestFinished(() => socket.terminate());
    await once(socket, 'open');
    const say = async (message: unknown): Promise<unknown> => {
      const answer = once(socket, 'message');
      socket.send(JSON.stringify(message));
      return JSON.parse(String((await answer)[0]));
    };
    const variables = { organizer: gateway.emulator.tenant.users[0]?.id ?? '' };
    const ask = (id: string, query: string): Promise<unknown> =>
      say({ type: 'subscribe', id, payload: { query, variables } });
    await say({ type: 'connection_init' });
    for (const id of ['1', '2']) expect(await ask(id, LISTEN)).toMatchObject({ type: 'next', id });
    const refusal = { message: expect.stringContaining(REFUSAL), extensions: { code: 'THROTTLED', retryAfter: 5 } };
    expect(await ask('3', LISTEN)).toEqual({ type: 'error', id: '3', payload: [refusal] });
    expect(await ask('4', '{ __typename }')).toMatchObject({ type: 'next', id: '4' });
    for (const id of ['1', '2']) {
      socket.send(JSON.stringify({ type: 'complete', id }));
      await expect.poll(() => ask(`after ${id}`, LISTEN)).toMatchObject({ type: 'next', id: `after ${id}` });
    }
  });

  it('takes no place of another caller', async () => {
    const entra = await startEntra();
    const { authority, clientId, tenantId, certificateAuthority: graphCertificateAuthority } = entra;
    const callers = { authority, tenantIds: [tenantId], audiences: [clientId] } as const;
    const listeners = { inAll: 10, perCaller: 1 };
    const gateway = await startGateway({ config: { callers, graphCertificateAuthority, listeners } });
    const open = async (objectId: string): Promise<number> => {
      const authorization = `Bearer ${await entra.issue({ claims: { oid: objectId } })}`;
      const response = await fetch(`${gateway.url}/graphql?query=${encodeURIComponent('{ __typename }')}`, {
        headers: { accept: 'text/event-stream', authorization },
      });
      return response.status;
    };
    const [ada, ben] = ['00000000-0000-4000-8000-00000000000a', '00000000-0000-4000-8000-00000000000b'] as const;
    const organizer = ada;
    gateway.emulator.addUser({ id: organizer, displayName: 'Ada' });
    const token = await entra.issue({ claims: { oid: ada } });
    const listening = listen(LISTEN, {
      door: 'events',
      url: gateway.url,
      variables: { organizer },
      authorization: `Bearer ${token}`,
    });
    await listening.next();
    expect([await open(ada), await open(ben)]).toEqual([429, 200]);
  });
});
