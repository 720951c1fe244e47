import { expect, it } from 'vitest';
import type { Emulator } from '../../src/emulator/emulator.ts';
import type { Fault } from '../../src/emulator/faults/faults.ts';
import { at, ids, items, pages, send, startEmulator, textAt } from './graph-client.ts';

const size = { users: 1, meetings: 2, recordings: 30 };

function getAll(emulator: Emulator): string {
  const { id } = emulator.tenant.users[0] ?? {};
  return `/v1.0/users/${id}/onlineMeetings/getAllRecordings(meetingOrganizerUserId='${id}')`;
}

it('fails the given number of matching requests', async () => {
  const emulator = await startEmulator({ tenant: size });
  const path = `/v1.0/users/${emulator.tenant.users[0]?.id}`;
  emulator.fail({
    kind: 'status',
    status: 500,
    times: 2,
    match: { method: 'GET', path: '/users/', query: 'select=id' },
  });
  const statuses = [];
  for (const query of ['', '?$select=id', '?%24select=id', '?$select=id']) {
    // oxlint-disable-next-line no-await-in-loop -- the order matters
    statuses.push((await send(emulator, path + query)).status);
  }
  expect(statuses).toEqual([200, 500, 500, 200]);
});

it.each([
  [{ path: '/a b/' }, true],
  [{ path: '%20' }, false],
  [{ pathPattern: '^/v1\\.0/users/a b/c$' }, true],
  [{ pathPattern: '^/beta' }, false],
  [{ method: 'POST' }, false],
])('matches the decoded path by %j: %s', async (match, isHit) => {
  const emulator = await startEmulator({ tenant: size });
  emulator.fail({ kind: 'status', status: 502, match });
  expect((await send(emulator, '/v1.0/users/a%20b/c?$top=1')).status).toBe(isHit ? 502 : 404);
});

it('refuses an invalid pattern', async () => {
  const emulator = await startEmulator({ tenant: size });
  expect(() => emulator.fail({ kind: 'reset', match: { pathPattern: '(' } })).toThrow('regular expression');
});

it('clears its faults', async () => {
  const emulator = await startEmulator({ tenant: size });
  emulator.fail({ kind: 'reset' });
  emulator.clearFaults();
  expect((await send(emulator, getAll(emulator))).status).toBe(200);
});

it.each([
  [403, 'Forbidden'],
  [404, 'NotFound'],
  [410, 'syncStateNotFound'],
  [429, 'TooManyRequests'],
  [500, 'InternalServerError'],
  [502, 'BadGateway'],
  [503, 'ServiceUnavailable'],
  [504, 'GatewayTimeout'],
])('answers %i with a body like that of Graph', async (status, code) => {
  const emulator = await startEmulator({ tenant: size });
  emulator.fail({ kind: 'status', status });
  const reply = await send(emulator, getAll(emulator));
  expect(reply).toMatchObject({
    status,
    body: { error: { code, innerError: { 'request-id': reply.headers['request-id'] } } },
  });
  expect(reply.headers['retry-after']).toBeUndefined();
});

it.each([
  [{ retryAfterSeconds: 10 }, '10'],
  [{ retryAfterSeconds: 2.128 }, '2.128'],
  [{ retryAfterSeconds: 30, retryAfterAsDate: true }, 'Mon, 16 Nov 2026 08:00:30 GMT'],
  [{ retryAfterSeconds: 30, retryAfter: 'soon' }, 'soon'],
])('sends the Retry-After of %j', async (more, header) => {
  const emulator = await startEmulator({ tenant: size, now: () => Date.parse('2026-11-16T08:00:00Z') });
  emulator.fail({ kind: 'status', status: 429, ...more });
  expect((await send(emulator, getAll(emulator))).headers['retry-after']).toBe(header);
});

it('sends a claims challenge', async () => {
  const emulator = await startEmulator({ tenant: size });
  emulator.fail({ kind: 'status', status: 401, claims: 'eyJhIjoxfQ==' });
  emulator.fail({ kind: 'status', status: 401 });
  const challenges = [await send(emulator, getAll(emulator)), await send(emulator, getAll(emulator))].map(
    ({ headers }) => headers['www-authenticate'],
  );
  expect(challenges[0]).toContain('error="insufficient_claims", claims="eyJhIjoxfQ=="');
  expect(challenges[1]).not.toContain('claims');
});

it.each(['reset', 'cut'] as const)('breaks the connection by %s', async (kind) => {
  const emulator = await startEmulator({ tenant: size });
  emulator.fail({ kind });
  await expect(send(emulator, getAll(emulator))).rejects.toThrow(/ECONNRESET|other side closed/);
  expect(emulator.requests[0]).toMatchObject({ status: kind === 'reset' ? null : 200, aborted: false });
  expect((await send(emulator, getAll(emulator))).status).toBe(200);
});

it.each([
  ['slow', (text: string, whole: string) => text.length === whole.length],
  ['trickle', (text: string, whole: string) => text.length === whole.length],
  [
    'truncated',
    (text: string, whole: string) => whole.startsWith(text) && text.length === Math.floor(whole.length / 2),
  ],
  ['empty', (text: string) => text === ''],
  ['html', (text: string) => text.startsWith('<!doctype html>')],
  ['wrongJson', (text: string) => text.startsWith('{"message"')],
  ['huge', (text: string) => text.length > 1_000_000 && items(JSON.parse(text)).length === 0],
] as const)('answers 200 with a faulty body of the kind %s', async (kind, holds) => {
  const emulator = await startEmulator({ tenant: size, settings: { pageSize: 1 } });
  const whole = await send(emulator, getAll(emulator));
  emulator.fail({ kind, delayMs: 0, bytes: 1_000_000 });
  const reply = await send(emulator, getAll(emulator));
  expect(reply.status).toBe(200);
  expect(holds(reply.text, whole.text)).toBe(true);
});

it('gives properties a wrong type', async () => {
  const emulator = await startEmulator({ tenant: size });
  emulator.fail({ kind: 'wrongType' });
  emulator.fail({ kind: 'wrongType', member: 'id', value: null });
  expect(items((await send(emulator, getAll(emulator))).body).every((item) => at(item, 'createdDateTime') === 42)).toBe(
    true,
  );
  expect((await send(emulator, `/v1.0/users/${emulator.tenant.users[0]?.id}`)).body).toMatchObject({ id: null });
});

it.each([1, 3])('puts empty pages before a list, and omits no item: %d', async (times) => {
  const emulator = await startEmulator({ tenant: size });
  emulator.fail({ kind: 'emptyPage', times });
  const replies = await pages(emulator, getAll(emulator));
  expect(replies.map(({ body }) => ids(body).length)).toEqual([...Array.from({ length: times }, () => 0), 10, 10, 10]);
  expect(new Set(emulator.requests.map(({ url }) => url)).size).toBe(times + 3);
});

it.each([
  ['nextLinkLoop', (emulator: Emulator) => emulator.url + getAll(emulator)],
  ['foreignNextLink', () => 'https://graph.elsewhere.example/v1.0/users/'],
  ['climbingNextLink', (emulator: Emulator) => `${emulator.url}/v1.0/../beta/users/`],
] as const)('sends a misleading nextLink of the kind %s', async (kind, start) => {
  const emulator = await startEmulator({ tenant: size });
  emulator.fail({ kind });
  const { body } = await send(emulator, getAll(emulator));
  expect(ids(body)).toHaveLength(10);
  expect(textAt(body, '@odata.nextLink').startsWith(start(emulator))).toBe(true);
});

it('writes the parent segment of a climbing link as configured', async () => {
  const emulator = await startEmulator({ tenant: size });
  emulator.fail({ kind: 'climbingNextLink', climb: '%2e%2e' });
  const { body } = await send(emulator, getAll(emulator));
  expect(textAt(body, '@odata.nextLink')).toContain('/v1.0/%2e%2e/beta/users/');
});

it('sends valid JSON with a wrong content type', async () => {
  const emulator = await startEmulator({ tenant: size });
  emulator.fail({ kind: 'wrongContentType' });
  const { body, headers } = await send(emulator, getAll(emulator));
  expect([items(body).length, headers['content-type']]).toEqual([10, 'text/plain; charset=utf-8']);
});

it('sends the headers before the first delayed byte', async () => {
  const emulator = await startEmulator({ tenant: size });
  emulator.fail({ kind: 'trickle', delayMs: 3_600_000 });
  const leaving = new AbortController();
  const response = await fetch(emulator.url + getAll(emulator), {
    headers: { authorization: 'Bearer any' },
    signal: leaving.signal,
  });
  expect(response.status).toBe(200);
  leaving.abort();
});

async function batchWith(emulator: Emulator, fault: Fault): Promise<readonly unknown[]> {
  emulator.fail(fault);
  const url = `/users/${emulator.tenant.users[0]?.id}`;
  const requests = ['1', '2', '3'].map((id) => ({ id, method: 'GET', url }));
  const { body } = await send(emulator, '/v1.0/$batch', { method: 'POST', body: { requests } });
  const responses = at(body, 'responses');
  return Array.isArray(responses) ? responses : [];
}

it.each([
  ['missingPart', (answered: readonly unknown[]) => answered.length === 2],
  [
    'duplicatePart',
    (answered: readonly unknown[]) => answered.length === 4 && at(answered, 0, 'id') === at(answered, 3, 'id'),
  ],
  ['unknownPart', (answered: readonly unknown[]) => answered.length === 4 && at(answered, 3, 'id') === 'nobody-asked'],
  [
    'malformedPart',
    (answered: readonly unknown[]) => at(answered, 0, 'status') === 'ok' && at(answered, 0, 'body') === undefined,
  ],
] as const)('answers a batch incorrectly with the fault %s', async (kind, holds) => {
  const emulator = await startEmulator({ tenant: size });
  expect(holds(await batchWith(emulator, { kind, match: { path: '/$batch' } }))).toBe(true);
});

it('breaks connections only for whole requests, never for a part', async () => {
  const emulator = await startEmulator({ tenant: size });
  const answered = await batchWith(emulator, { kind: 'reset', match: { path: '/users/' } });
  expect(answered.map((part) => at(part, 'status'))).toEqual([200, 200, 200]);
  await expect(send(emulator, `/v1.0/users/none`)).rejects.toThrow('ECONNRESET');
});

it('puts a body that is not JSON into a part as text', async () => {
  const emulator = await startEmulator({ tenant: size });
  const answered = await batchWith(emulator, { kind: 'html', match: { path: '/users/' } });
  expect(answered.filter((part) => String(at(part, 'body')).startsWith('<!doctype'))).toHaveLength(1);
});
