import { createServer } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { GetToken } from '../../src/msgraph/credentials/token.ts';
import { createRetryBudget } from '../../src/msgraph/retry.ts';
import { startContentClient } from '../support/content-client.ts';
import type { Reaction, TestContentClient } from '../support/content-client.ts';
import { findFreePort } from '../support/free-port.ts';
import { createTestDownloads, listen, textOf } from '../support/server.ts';

const PATH = '/users/x/content';
const VIDEO = { headers: { 'content-type': 'video/mp4' }, body: 'video' };

/** The body of an error of Graph: https://learn.microsoft.com/en-us/graph/errors */
const words = (code: string, message: string): string => JSON.stringify({ error: { code, message } });

async function read({ client, operation }: TestContentClient): Promise<string> {
  const content = await client.open(PATH, null, operation());
  return content.isBeyond ? '' : textOf(content.body);
}

describe('Content that Graph does not return at once', () => {
  it.each<[string, Reaction, number, number | string]>([
    ['throttled with a Retry-After', { status: 429, headers: { 'retry-after': '2.5' } }, 2_500, 429],
    ['throttled without a Retry-After', { status: 429 }, 250, 429],
    ['unavailable', { status: 503, headers: { 'retry-after': '1' } }, 1_000, 503],
    ['unavailable to a proxy, which responds with HTML', { status: 503, body: '<html>' }, 250, 503],
    ['too slow for a proxy', { status: 504 }, 250, 504],
    ['cut off', 'reset', 250, 'unreachable'],
  ])('is retried when it was %s', async (_, reaction, delayMs, outcome) => {
    const graph = await startContentClient([reaction, VIDEO]);
    const reading = read(graph);
    await graph.clock.waiting(delayMs);
    expect(graph.asked).toHaveLength(1);
    graph.clock.advance(delayMs);
    expect(await reading).toBe('video');
    expect(graph.outcomes).toEqual([outcome, 200]);
  });

  it('is requested at most four times, with doubling waits', async () => {
    const graph = await startContentClient([{ status: 503, body: words('ServiceUnavailable', 'Away.') }]);
    const reading = Promise.allSettled([read(graph)]);
    for (const delayMs of [250, 500, 1_000]) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await graph.clock.waiting(delayMs);
      graph.clock.advance(delayMs);
    }
    const message = 'Microsoft Graph responded to GET /users/x/content with 503 (ServiceUnavailable: Away.).';
    expect(await reading).toMatchObject([{ reason: { status: 503, message } }]);
    expect(graph.outcomes).toEqual([503, 503, 503, 503]);
  });

  it('is retried when nothing listened at Graph', async () => {
    const port = await findFreePort();
    const graph = await startContentClient([], { streams: createTestDownloads(`http://127.0.0.1:${port}`) });
    const reading = read(graph);
    await graph.clock.waiting(250);
    const server = createServer((_, response) => response.writeHead(200, VIDEO.headers).end(VIDEO.body));
    await listen(server, port);
    graph.clock.advance(250);
    expect(await reading).toBe('video');
    expect(graph.outcomes).toEqual(['unreachable', 200]);
  });

  it('fails at once when its Retry-After exceeds the time of the operation', async () => {
    const graph = await startContentClient([{ status: 429, headers: { 'retry-after': '10' } }]);
    await expect(read(graph)).rejects.toMatchObject({ status: 429, retryAfterMs: 10_000 });
    expect(graph.asked).toHaveLength(1);
  });

  it('is retried only within the retry budget of the process', async () => {
    const graph = await startContentClient([{ status: 503 }], {
      retryBudget: createRetryBudget({ ratio: 0, reserve: 1 }),
    });
    const reading = Promise.allSettled([read(graph)]);
    await graph.clock.waiting(250);
    graph.clock.advance(250);
    expect(await reading).toMatchObject([{ reason: { status: 503 } }]);
    await expect(read(graph)).rejects.toMatchObject({ status: 503 });
    expect(graph.asked).toHaveLength(3);
  });

  it('pays into that budget', async () => {
    const budget = createRetryBudget({ ratio: 0.5, reserve: 1 });
    budget.withdraw();
    const graph = await startContentClient([VIDEO, { status: 503 }, VIDEO], { retryBudget: budget });
    await read(graph);
    const reading = read(graph);
    await graph.clock.waiting(250);
    graph.clock.advance(250);
    expect(await reading).toBe('video');
  });

  it('counts once toward the request budget of its operation', async () => {
    const graph = await startContentClient([VIDEO]);
    const operation = graph.operation(1);
    await graph.client.open(PATH, null, operation);
    await expect(graph.client.open(PATH, null, operation)).rejects.toMatchObject({ name: 'BudgetError' });
    expect(graph.asked).toHaveLength(1);
  });
});

describe('Content that Graph refuses', () => {
  it.each<[number, string, Record<string, string>, string]>([
    [400, words('BadRequest', 'So not.'), {}, ' (BadRequest: So not.)'],
    [403, words('Forbidden', 'Not for you.'), {}, ' (Forbidden: Not for you.)'],
    [404, words('NotFound', 'Gone.'), {}, ' (NotFound: Gone.)'],
    [410, '', {}, ''],
    [416, words('InvalidRange', 'Beyond.'), {}, ' (InvalidRange: Beyond.)'],
    [500, '<html>Sorry</html>', { 'content-type': 'text/html' }, ''],
    [502, '{"error":', {}, ''],
    [204, '', {}, ''],
  ])('with %i and %j is not retried', async (status, body, headers, told) => {
    const graph = await startContentClient([{ status, body, headers }]);
    await expect(read(graph)).rejects.toMatchObject({
      name: 'GraphError',
      reason: 'status',
      status,
      message: `Microsoft Graph responded to GET /users/x/content with ${status}${told}.`,
    });
    expect(graph.outcomes).toEqual([status]);
  });

  it('with a long body is reported without its message, and not read further', async () => {
    const graph = await startContentClient([{ status: 403, body: Buffer.alloc(1_000_000, ' '), isEndless: true }]);
    await expect(read(graph)).rejects.toMatchObject({ status: 403 });
    await graph.broken(1);
  });

  it('for one token is retried once with another', async () => {
    const rejected: (string | undefined)[] = [];
    const getToken: GetToken = async (old) => {
      rejected.push(old);
      return old === undefined ? 'old' : 'new';
    };
    const graph = await startContentClient([{ status: 401 }, VIDEO], { getToken });
    expect(await read(graph)).toBe('video');
    expect(graph.asked.map(([, authorization]) => authorization)).toEqual(['Bearer old', 'Bearer new']);
    expect(rejected).toEqual([undefined, 'old']);
    const refused = await startContentClient([{ status: 401 }], { getToken });
    await expect(read(refused)).rejects.toMatchObject({ status: 401 });
    expect(refused.asked).toHaveLength(2);
  });

  it('is not awaited when the operation ends before a token arrives', async () => {
    const graph = await startContentClient([VIDEO], { getToken: () => new Promise(() => {}) });
    const reading = read(graph);
    graph.clock.advance(10_000);
    await expect(reading).rejects.toMatchObject({ reason: 'timeout' });
    expect(graph.asked).toEqual([]);
  });

  it('for the only available token is not retried', async () => {
    const graph = await startContentClient([{ status: 401 }, VIDEO]);
    await expect(read(graph)).rejects.toMatchObject({ status: 401 });
    expect(graph.asked).toHaveLength(1);
  });
});

describe('Content whose operation has ended', () => {
  it('is not retried after the wait', async () => {
    const graph = await startContentClient([{ status: 503 }, VIDEO]);
    const operation = graph.operation();
    const opening = graph.client.open(PATH, null, operation);
    await graph.clock.waiting(250);
    operation.end();
    await expect(opening).rejects.toMatchObject({ reason: 'timeout' });
    const waits = graph.clock.waiting(250).then(() => 'still waits');
    expect(await Promise.race([waits, Promise.resolve().then(() => 'waits no more')])).toBe('waits no more');
    graph.clock.advance(250);
    expect(graph.asked).toHaveLength(1);
  });

  it.each<[string, Reaction, 'arrived' | 'answered']>([
    ['a response arrives', 'silence', 'arrived'],
    ['the body of its refusal arrives', { status: 503, body: '{"error":', isEndless: true }, 'answered'],
  ])('is released at once, before %s', async (_, reaction, event) => {
    const graph = await startContentClient([reaction]);
    const operation = graph.operation();
    const opening = graph.client.open(PATH, null, operation);
    await graph[event](1);
    operation.end();
    await expect(opening).rejects.toMatchObject({ reason: 'timeout' });
    await graph.broken(1);
    expect(graph.asked).toHaveLength(1);
  });

  it('is not requested at all', async () => {
    const graph = await startContentClient([VIDEO]);
    const operation = graph.operation();
    operation.end();
    await expect(graph.client.open(PATH, null, operation)).rejects.toMatchObject({ reason: 'timeout' });
    expect(graph.asked).toEqual([]);
  });
});
