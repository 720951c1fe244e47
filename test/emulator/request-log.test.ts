import { once } from 'node:events';
import { get } from 'node:http';
import { expect, it, vi } from 'vitest';
import { createRequestLog } from '../../src/emulator/http/request-log.ts';
import { delegatedToken, send, startEmulator } from './graph-client.ts';

it('has one entry for each request, in order of arrival', async () => {
  const emulator = await startEmulator();
  const id = emulator.tenant.users[0]?.id ?? '';
  const headers = { 'client-request-id': 'mine', prefer: 'include-unknown-enum-members', accept: 'application/json' };
  await send(emulator, `/v1.0/users/${id}?$select=id%2Cmail`, { headers });
  await send(emulator, '/v1.0/me', { authorization: delegatedToken(id, 'User.Read', { exp: 1 }) });
  await send(emulator, '/beta/none', { authorization: '' });
  expect(emulator.requests).toEqual([
    {
      method: 'GET',
      url: `/v1.0/users/${id}?$select=id%2Cmail`,
      host: 'graph',
      status: 200,
      headers: { ...headers, authorization: 'application', range: null },
      aborted: false,
    },
    expect.objectContaining({
      url: '/v1.0/me',
      status: 401,
      headers: expect.objectContaining({ authorization: 'delegated' }),
    }),
    expect.objectContaining({
      url: '/beta/none',
      status: 401,
      headers: expect.objectContaining({ authorization: 'none' }),
    }),
  ]);
  emulator.clearRequests();
  expect(emulator.requests).toEqual([]);
});

it('has the parts of a batch, even of one that fails as a whole', async () => {
  const emulator = await startEmulator();
  const requests = [
    { id: '1', method: 'GET', url: '/users/none', headers: { 'client-request-id': 'somebody' } },
    { id: '2', method: 'GET', url: 'nonsense' },
  ];
  const noted = [
    { id: '1', method: 'GET', url: '/users/none', clientRequestId: 'somebody' },
    { id: '2', method: 'GET', url: 'nonsense', clientRequestId: null },
  ];
  emulator.fail({ kind: 'status', status: 503, match: { path: '$batch' } });
  await send(emulator, '/v1.0/$batch', { method: 'POST', body: { requests } });
  await send(emulator, '/v1.0/$batch', { method: 'POST', body: { requests } });
  expect(emulator.requests.map(({ parts, status }) => [status, parts])).toEqual([
    [503, noted.map((part) => ({ ...part, status: null }))],
    [200, noted.map((part) => ({ ...part, status: 404 }))],
  ]);
});

it('keeps only the newest entries', () => {
  const log = createRequestLog(2);
  const headers = {
    'client-request-id': null,
    authorization: 'none',
    prefer: null,
    accept: null,
    range: null,
  } as const;
  const [first] = ['/1', '/2', '/3'].map((url) => log.arrived({ method: 'GET', host: 'graph', url, headers }));
  first?.answered(200);
  expect(log.entries.map(({ url }) => url)).toEqual(['/2', '/3']);
});

it('records that a client disconnected', async () => {
  const emulator = await startEmulator();
  const hold = emulator.hold({ path: '/users/' });
  const request = get(`${emulator.url}/v1.0/users/any`, { headers: { authorization: 'Bearer any-word' } });
  await hold.arrived(1);
  const failed = once(request, 'error').catch(() => undefined);
  request.destroy(new Error('gone'));
  await failed;
  await vi.waitFor(() => expect(emulator.requests).toMatchObject([{ status: null, aborted: true }]));
  expect(hold.held).toBe(0);
});

it('Held requests and parts wait until they are released', async () => {
  const emulator = await startEmulator();
  const id = emulator.tenant.users[0]?.id ?? '';
  const hold = emulator.hold({ path: id });
  const order: string[] = [];
  const whole = send(emulator, `/v1.0/users/${id}`).then(() => order.push('whole'));
  const requests = [{ id: '1', method: 'GET', url: `/users/${id}` }];
  const batch = send(emulator, '/v1.0/$batch', { method: 'POST', body: { requests } }).then(() => order.push('batch'));
  await hold.arrived(2);
  await hold.arrived(1);
  await send(emulator, '/v1.0/users/other').then(() => order.push('other'));
  expect([order, hold.held]).toEqual([['other'], 2]);
  hold.release();
  await Promise.all([whole, batch]);
  expect([order.toSorted(), hold.held]).toEqual([['batch', 'other', 'whole'], 0]);
  expect((await send(emulator, `/v1.0/users/${id}`)).status).toBe(200);
});

it('Held requests end when the emulator closes', async () => {
  const emulator = await startEmulator();
  const hold = emulator.hold({});
  const failure = send(emulator, '/v1.0/me').catch(String);
  await hold.arrived(1);
  await emulator.close();
  expect(await failure).toContain('other side closed');
});

it('The limit of requests a second counts parts and refused requests too', async () => {
  let nowMs = 0;
  const emulator = await startEmulator({ now: () => nowMs, settings: { requestsPerSecond: 3 } });
  const id = emulator.tenant.users[0]?.id ?? '';
  const requests = ['1', '2'].map((part) => ({ id: part, method: 'GET', url: `/users/${id}` }));
  expect((await send(emulator, '/v1.0/$batch', { method: 'POST', body: { requests } })).status).toBe(200);
  const replies = [];
  for (let count = 0; count < 5; count += 1) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    replies.push(await send(emulator, `/v1.0/users/${id}`));
  }
  expect(replies.map(({ headers, status }) => [status, headers['retry-after']])).toEqual([
    [200, undefined],
    [429, '1'],
    [429, '1'],
    [429, '1'],
    [429, '2'],
  ]);
  nowMs += 1000;
  expect((await send(emulator, `/v1.0/users/${id}`)).status).toBe(200);
});

it('The configured latency delays Graph, but not the control endpoints', async () => {
  const emulator = await startEmulator({ control: true, settings: { latencyMs: 3_600_000 } });
  const failure = send(emulator, '/v1.0/users/none').catch(String);
  await vi.waitFor(() => expect(emulator.requests).toHaveLength(1));
  expect((await send(emulator, '/emulator/settings')).status).toBe(200);
  expect(emulator.requests).toMatchObject([{ status: null }]);
  await emulator.close();
  expect(await failure).toContain('other side closed');
});
