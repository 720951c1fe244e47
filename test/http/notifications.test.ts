import { Readable } from 'node:stream';
import { request } from 'undici';
import { describe, expect, it } from 'vitest';
import { CONTENT, item, startDoor } from '../support/notifications-door.ts';
import { openConnection } from '../support/raw.ts';

const MEBIBYTE = 1_024 * 1_024;

describe('A validation request', () => {
  it.each([
    ['Validation%3a+Testing+reachability+Request-Id%3a+1-2', 'Validation: Testing reachability Request-Id: 1-2'],
    ['Validation%3A%20Testing', 'Validation: Testing'],
    ['1%20%2B%201%20%3D%202%20%26%20more%25', '1 + 1 = 2 & more%'],
    ['%E2%82%AC', '\u20AC'],
    ['%3Cscript%3Ealert(1)%3C%2Fscript%3E', '<script>alert(1)</script>'],
    ['', ''],
    ['x'.repeat(2_048), 'x'.repeat(2_048)],
  ])('with %s is answered with the decoded token, as plain text', async (encoded, decoded) => {
    const { url, log } = await startDoor();
    const response = await fetch(`${url}?kept=yes&validationToken=${encoded}`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain; charset=utf-8' },
    });
    expect([response.status, await response.text()]).toEqual([200, decoded]);
    expect(response.headers.get('content-type')).toBe('text/plain');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(log.text()).not.toContain('alert');
  });

  it.each([
    ['with a token that is too long', `validationToken=${'marked'.repeat(400)}`],
    ['with two tokens', 'validationToken=marked&validationToken=marked'],
  ])('%s is refused without repeating the token', async (_what, search) => {
    const { url } = await startDoor();
    const response = await fetch(`${url}?${search}`, { method: 'POST' });
    expect(response.status).toBe(400);
    expect(await response.text()).toBe(
      'Expected at most one "validationToken", of at most 2048 characters. Correct the query string.',
    );
  });

  it.each(['GET', 'PUT', 'DELETE'])('by %s is answered with 404', async (method) => {
    const { url } = await startDoor();
    expect((await fetch(`${url}?validationToken=marked`, { method })).status).toBe(404);
  });
});

describe('A notification', () => {
  it.each([
    ['a recording', [item()], ['ada: created']],
    ['a subscription', [item({ changeType: undefined, lifecycleEvent: 'missed' })], ['ada: missed']],
    ['a recording whose content was not requested', [item({ encryptedContent: CONTENT })], ['ada: created']],
  ])('of %s wakes the feed of its organizer', async (_what, value, woken) => {
    const { post, wakeUps, refusals } = await startDoor();
    const response = await post({ value });
    expect([response.status, await response.text()]).toEqual([202, '']);
    await expect.poll(() => wakeUps).toEqual(woken);
    expect(refusals()).toEqual([]);
  });

  it('wakes each organizer once per kind of event in a payload; invalid and unknown items are refused', async () => {
    const { post, wakeUps, refusals } = await startDoor();
    const lifecycle = { changeType: undefined, lifecycleEvent: 'reauthorizationRequired' };
    await post({
      value: [
        ...Array.from({ length: 300 }, () => item()),
        item({ clientState: 'state of ben' }),
        item({ clientState: 'state of nobody' }),
        item(lifecycle),
        { changeType: 'created' },
        item({ ...lifecycle, subscriptionId: 'other' }),
        item({ clientState: 'state of ben' }),
      ],
    });
    await expect.poll(() => wakeUps).toEqual(['ada: created', 'ada: reauthorizationRequired', 'ben: created']);
    expect(refusals()).toEqual([{ unreadable: 1, unknown: 1, unproven: 0 }]);
  });

  it('is accepted with another Content-Type than JSON', async () => {
    const { post, wakeUps } = await startDoor();
    await post({ value: [item()] }, 'text/plain');
    await post({ value: [item()] }, 'application/x-www-form-urlencoded');
    await expect.poll(() => wakeUps).toHaveLength(2);
  });
});

describe('A body that Graph would not send', () => {
  it.each([
    ['nothing', ''],
    ['half a payload', '{"value":['],
    ['another text', 'value=created'],
    ['a list', '[]'],
    ['very deep JSON', `{"value":${'['.repeat(500_000)}${']'.repeat(500_000)}}`],
    ['very wide JSON', `{"value":[${'{},'.repeat(300_000)}{}]}`],
    ['very many notifications', `{"value":[${'{},'.repeat(1_000)}{}]}`],
    [
      'a notification with more to it than one has',
      `{"value":[{"clientState":"state of ada","changeType":"created","more":[${'[],'.repeat(10_000)}[]]}]}`,
    ],
    ['another prototype', '{"__proto__":{"value":[]},"constructor":{"prototype":{}}}'],
  ])('is answered with 202, and logged as refused: %s', async (_what, body) => {
    const { post, wakeUps, refusals } = await startDoor();
    const response = await post(body);
    expect([response.status, await response.text()]).toEqual([202, '']);
    await expect.poll(refusals).toEqual([{ unreadable: 1, unknown: 0, unproven: 0 }]);
    expect(wakeUps).toEqual([]);
  });

  it('is answered with 202 if it is absent, without a Content-Type', async () => {
    const { url, refusals } = await startDoor();
    expect((await fetch(url, { method: 'POST' })).status).toBe(202);
    await expect.poll(refusals).toHaveLength(1);
  });

  it.each<[string, (text: string) => string | Readable]>([
    ['says how long it is', (text) => text],
    ['arrives in pieces', (text) => Readable.from([text.slice(0, 1_000), text.slice(1_000)])],
  ])('is answered with 413 if it is larger than a mebibyte and %s', async (_what, bodyOf) => {
    const { url, refusals } = await startDoor();
    const answerTo = async (length: number): Promise<readonly [number, string]> => {
      const { statusCode, body } = await request(url, { method: 'POST', body: bodyOf('x'.repeat(length)) });
      return [statusCode, await body.text()];
    };
    expect(await answerTo(MEBIBYTE)).toEqual([202, '']);
    expect(await answerTo(MEBIBYTE + 1)).toEqual([413, '']);
    await expect.poll(refusals).toHaveLength(1);
  });

  it('is logged at most once a minute, without its content', async () => {
    const { post, clock, log, refusals } = await startDoor();
    const forged = { value: [item({ clientState: 'marked' })], validationTokens: ['marked'] };
    for (let count = 0; count < 5; count += 1) await post(forged);
    await post('marked, and no JSON');
    await expect.poll(refusals).toEqual([{ unreadable: 0, unknown: 1, unproven: 0 }]);
    clock.advance(60_000);
    await post(forged);
    await expect.poll(() => refusals().slice(1)).toEqual([{ unreadable: 1, unknown: 5, unproven: 0 }]);
    expect(log.text()).not.toContain('marked');
  });
});

describe('While 64 notifications are in flight', () => {
  it.each([
    ['of 100,000 bytes each', 'content-length: 100000'],
    ['of unknown length', 'transfer-encoding: chunked'],
  ])('%s, another large one is refused until one of them is gone, and small ones are accepted', async (_, header) => {
    const { url, post, wakeUps } = await startDoor();
    const begun = await Promise.all(Array.from({ length: 64 }, () => openConnection(url)));
    for (const socket of begun) socket.write(`POST /notifications HTTP/1.1\r\nhost: localhost\r\n${header}\r\n\r\n`);
    const large = 'x'.repeat(100_000);
    await expect.poll(async () => (await post(large)).status).toBe(503);
    expect((await post({ value: [item()] })).status).toBe(202);
    await expect.poll(() => wakeUps).toEqual(['ada: created']);
    begun[0]?.destroy();
    await expect.poll(async () => (await post(large)).status).toBe(202);
  });

  it('another is refused until they have been processed', async () => {
    const look = Promise.withResolvers<boolean>();
    const { post, wakeUps } = await startDoor({ isGenuine: () => look.promise });
    const body = { value: [item({ encryptedContent: CONTENT })], validationTokens: ['token'] };
    const statuses = await Promise.all(Array.from({ length: 64 }, async () => (await post(body)).status));
    expect(new Set(statuses)).toEqual(new Set([202]));
    expect((await post(body)).status).toBe(503);
    look.resolve(true);
    await expect.poll(() => wakeUps).toHaveLength(64);
    expect((await post(body)).status).toBe(202);
  });
});
