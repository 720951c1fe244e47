import { expect, it } from 'vitest';
import type { Emulator } from '../../src/emulator/emulator.ts';
import { at, delegatedToken, send, startEmulator, textAt } from './graph-client.ts';
import type { Reply } from './graph-client.ts';
import { startNotificationEndpoint } from './notification-endpoint.ts';

interface Part {
  readonly id: string;
  readonly method?: string;
  readonly url: string;
  readonly [more: string]: unknown;
}

async function batch(emulator: Emulator, requests: readonly Part[], version = 'v1.0'): Promise<Reply> {
  const body = { requests: requests.map((part) => ({ method: 'GET', ...part })) };
  return send(emulator, `/${version}/$batch`, { method: 'POST', body });
}

/** The responses of a batch by their ids. */
function responses(reply: Reply): ReadonlyMap<string, unknown> {
  const list = at(reply.body, 'responses');
  return new Map((Array.isArray(list) ? list : []).map((part: unknown) => [textAt(part, 'id'), part]));
}

function userParts(emulator: Emulator, count: number): readonly Part[] {
  const { users } = emulator.tenant;
  return Array.from({ length: count }, (_, place) => ({
    id: `${place}`,
    url: `/users/${users[place % users.length]?.id}`,
  }));
}

it('answers every part, in an order that differs from the requests but is always the same', async () => {
  const emulator = await startEmulator();
  for (const count of [2, 3, 20]) {
    const parts = userParts(emulator, count);
    const [one, other] = [await batch(emulator, parts), await batch(emulator, parts)];
    const order = [...responses(one).keys()];
    expect(one.status).toBe(200);
    expect(order.toSorted()).toEqual(parts.map(({ id }) => id).toSorted());
    expect(order).not.toEqual(parts.map(({ id }) => id));
    expect([...responses(other).keys()]).toEqual(order);
    for (const { id, url } of parts) {
      expect(responses(one).get(id)).toMatchObject({ status: 200, body: { id: url.slice('/users/'.length) } });
    }
  }
});

it('accepts relative URLs with and without a leading slash, and keeps the version', async () => {
  const emulator = await startEmulator();
  const { id = '' } = emulator.tenant.users[0] ?? {};
  const answers = responses(
    await batch(
      emulator,
      [
        { id: 'a', url: `/users/${id}` },
        { id: 'b', url: `users/${id}` },
      ],
      'beta',
    ),
  );
  const context = `${emulator.url}/beta/$metadata#users/$entity`;
  expect(answers.get('a')).toMatchObject({ body: { '@odata.context': context } });
  expect(answers.get('b')).toMatchObject({ body: { '@odata.context': context } });
});

it('pages inside a batch with links to the single endpoint', async () => {
  const emulator = await startEmulator({ tenant: { users: 1, meetings: 1, recordings: 15 } });
  const { id = '' } = emulator.tenant.users[0] ?? {};
  const url = `/users/${id}/onlineMeetings/getAllRecordings(meetingOrganizerUserId='${id}')`;
  const answer = responses(await batch(emulator, [{ id: '1', url }])).get('1');
  const nextLink = textAt(answer, 'body', '@odata.nextLink');
  expect((await send(emulator, nextLink)).body).toMatchObject({ '@odata.count': 5 });
});

it('fails one part without the others', async () => {
  const emulator = await startEmulator();
  emulator.fail({ kind: 'status', status: 429, retryAfterSeconds: 2.128, match: { path: '/users/second' } });
  const [first] = userParts(emulator, 1);
  const reply = await batch(emulator, [
    first ?? { id: '0', url: '' },
    { id: 'b', url: '/users/second' },
    { id: 'c', url: '/users/third' },
  ]);
  expect(reply.status).toBe(200);
  expect(responses(reply).get('0')).toMatchObject({ status: 200 });
  expect(responses(reply).get('b')).toMatchObject({
    status: 429,
    headers: { 'Retry-After': '2.128' },
    body: { error: { code: 'TooManyRequests' } },
  });
  expect(responses(reply).get('c')).toMatchObject({ status: 404 });
  expect(emulator.requests[0]?.parts?.map(({ status }) => status)).toEqual([200, 429, 404]);
});

it('answers 424 to every part that depends on a failed one, directly or indirectly', async () => {
  const emulator = await startEmulator();
  const [good] = userParts(emulator, 1);
  const url = good?.url ?? '';
  const reply = await batch(emulator, [
    { id: 'bad', url: '/users/none' },
    { id: 'after', url, dependsOn: ['bad'] },
    { id: 'later', url, dependsOn: ['after'] },
    { id: 'good', url },
    { id: 'fine', url, dependsOn: ['good'] },
  ]);
  const statuses = ['bad', 'after', 'later', 'good', 'fine'].map((id) => at(responses(reply).get(id), 'status'));
  expect(statuses).toEqual([404, 424, 424, 200, 200]);
});

it('redirects to content instead of including it', async () => {
  const emulator = await startEmulator();
  const [recording] = emulator.tenant.recordings;
  const url = `/users/${recording?.organizerId}/onlineMeetings/${recording?.meetingId}/recordings/${recording?.id}/content`;
  const answer = responses(await batch(emulator, [{ id: '1', url }])).get('1');
  expect(answer).toMatchObject({ status: 302 });
  const reply = await send(emulator, textAt(answer, 'headers', 'Location'), {
    authorization: '',
    headers: { range: 'bytes=0-3' },
  });
  expect(reply.status).toBe(206);
});

it('writes as well as it reads: creates, renews and deletes', async () => {
  const emulator = await startEmulator({ now: () => Date.parse('2026-11-16T08:00:00Z') });
  const { url: notificationUrl } = await startNotificationEndpoint();
  const headers = { 'Content-Type': 'application/json' };
  const resource = 'communications/onlineMeetings/getAllRecordings';
  const body = { changeType: 'created', resource, notificationUrl, expirationDateTime: '2026-11-16T08:30:00Z' };
  const reply = await batch(emulator, [{ id: '1', method: 'POST', url: '/subscriptions', headers, body }]);
  const created = responses(reply).get('1');
  expect(created).toMatchObject({ status: 201, body: { resource } });
  const url = `/subscriptions/${textAt(created, 'body', 'id')}`;
  const renewal = { expirationDateTime: '2026-11-16T09:00:00.0000000Z' };
  const later = await batch(emulator, [
    { id: 'renew', method: 'PATCH', url, headers, body: renewal },
    { id: 'read', url, dependsOn: ['renew'] },
    { id: 'delete', method: 'DELETE', url, dependsOn: ['read'] },
    { id: 'list', url: '/subscriptions', dependsOn: ['delete'] },
  ]);
  expect(responses(later).get('read')).toMatchObject({ status: 200, body: renewal });
  expect(responses(later).get('delete')).toMatchObject({ status: 204 });
  expect(responses(later).get('list')).toMatchObject({ body: { value: [] } });
});

it.each(['PUT', 'constructor'])('answers 405 to a part with the method %s', async (method) => {
  const emulator = await startEmulator();
  const reply = await batch(emulator, [
    { id: '1', method, url: '/subscriptions', headers: { 'Content-Type': 'application/json' }, body: {} },
  ]);
  expect(responses(reply).get('1')).toMatchObject({ status: 405 });
});

it('refuses a nested batch without failing the other parts', async () => {
  const emulator = await startEmulator();
  const [good] = userParts(emulator, 1);
  const nested = {
    id: 'n',
    method: 'POST',
    url: '/$batch',
    headers: { 'content-type': 'application/json' },
    body: { requests: [{ method: 'GET', ...good }] },
  };
  const reply = await batch(emulator, [nested, good ?? nested]);
  expect(responses(reply).get('n')).toMatchObject({ status: 400 });
  expect(responses(reply).get('0')).toMatchObject({ status: 200 });
});

it('accepts 20 parts and no more', async () => {
  const emulator = await startEmulator();
  expect((await batch(emulator, userParts(emulator, 20))).status).toBe(200);
  const { body, status } = await batch(emulator, userParts(emulator, 21));
  expect(status).toBe(400);
  expect(textAt(body, 'error', 'message')).toContain('exceeds the limit');
});

it.each([
  ['no requests', {}],
  ['an empty list', { requests: [] }],
  ['requests that are not a list', { requests: {} }],
  [
    'ids that differ only in case',
    {
      requests: [
        { id: 'a', method: 'GET', url: '/me' },
        { id: 'A', method: 'GET', url: '/me' },
      ],
    },
  ],
  ['a part without an id', { requests: [{ method: 'GET', url: '/me' }] }],
  ['a part with a number for an id', { requests: [{ id: 1, method: 'GET', url: '/me' }] }],
  ['a part without a method', { requests: [{ id: '1', url: '/me' }] }],
  ['a part without a url', { requests: [{ id: '1', method: 'GET' }] }],
  ['a part that depends on an unknown part', { requests: [{ id: '1', method: 'GET', url: '/me', dependsOn: ['2'] }] }],
  ['a part that depends on itself', { requests: [{ id: '1', method: 'GET', url: '/me', dependsOn: ['1'] }] }],
  ['a body without a content type', { requests: [{ id: '1', method: 'POST', url: '/subscriptions', body: {} }] }],
  ['a POST without a body', { requests: [{ id: '1', method: 'POST', url: '/subscriptions' }] }],
])('refuses a whole batch with %s', async (_what, body) => {
  const emulator = await startEmulator();
  const reply = await send(emulator, '/v1.0/$batch', { method: 'POST', body });
  expect(reply).toMatchObject({ status: 400, body: { error: { code: 'BadRequest' } } });
});

it('refuses a body of more than 4 MiB', async () => {
  const emulator = await startEmulator();
  const body = { requests: [{ id: '1', method: 'GET', url: `/users/${'x'.repeat(4 * 1024 * 1024)}` }] };
  const reply = await send(emulator, '/v1.0/$batch', { method: 'POST', body });
  expect(reply).toMatchObject({ status: 413, body: { error: { code: 'RequestEntityTooLarge' } } });
});

it('uses the token of the batch for every part', async () => {
  const emulator = await startEmulator();
  const [one = '', other = ''] = emulator.tenant.users.map(({ id }) => id);
  const headers = { Authorization: delegatedToken(other, 'User.Read') };
  const body = { requests: [{ id: '1', method: 'GET', url: '/me', headers }] };
  const as = async (authorization: string): Promise<Reply> =>
    send(emulator, '/v1.0/$batch', { method: 'POST', body, authorization });
  expect(responses(await as(delegatedToken(one, 'User.Read'))).get('1')).toMatchObject({ body: { id: one } });
  expect((await as('')).status).toBe(401);
});
