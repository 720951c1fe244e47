import { describe, expect, it } from 'vitest';
import { createRetryBudget, parseRetryAfter, retryDelayMs, retryGroups } from '../../src/msgraph/retry.ts';
import { startGraph } from '../support/graph.ts';

const NOON = Date.parse('2026-11-23T12:00:00Z');

describe('Retry-After', () => {
  it.each([
    ['10', 10_000],
    ['0', 0],
    ['2.128', 2_128],
    ['0.0001', 1],
    [' 7 ', 7_000],
    ['Mon, 23 Nov 2026 12:00:30 GMT', 30_000],
    ['Mon, 23 Nov 2026 11:59:00 GMT', 0],
    ['', null],
    ['-5', null],
    ['soon', null],
    ['1e3', null],
    [null, null],
    [undefined, null],
  ])('of %j is parsed as %j ms', (value, delayMs) => {
    expect(parseRetryAfter(value, NOON)).toBe(delayMs);
  });
});

describe('The wait before a retry', () => {
  it.each([
    { tries: 1, retryAfterMs: 3_000, delayMs: 3_000, why: 'the wait that Graph requests has priority' },
    { tries: 3, retryAfterMs: 0, delayMs: 500, why: 'but it is never shorter than without Retry-After' },
    { tries: 1, retryAfterMs: null, delayMs: 125, why: 'without Retry-After it grows' },
    { tries: 2, retryAfterMs: null, delayMs: 250, why: 'without Retry-After it grows' },
    { tries: 3, retryAfterMs: null, delayMs: 500, why: 'without Retry-After it grows' },
  ])('is $delayMs ms after $tries tries and Retry-After $retryAfterMs: $why', ({ tries, retryAfterMs, delayMs }) => {
    expect(retryDelayMs(tries, retryAfterMs, () => 0.5)).toBe(delayMs);
  });
});

describe('A Retry-After with a date', () => {
  it.each([
    ['of a lone request', 1],
    ['of a batch', 2],
  ])('is the time after the Date of the response, whatever our own clock says: %s', async (_, requests) => {
    const graph = await startGraph({ emulatorNow: () => NOON - 7 * 24 * 60 * 60_000 });
    const paths = graph.userPaths(requests);
    graph.emulator.fail({
      kind: 'status',
      status: 429,
      retryAfterSeconds: 2,
      retryAfterAsDate: true,
      match: { path: paths.at(-1) ?? '' },
    });
    const answers = paths.map((path) => graph.client.get(path, graph.operation()));
    await graph.clock.waiting(2_000);
    graph.clock.advance(2_000);
    await Promise.all(answers);
    expect(graph.requests()).toHaveLength(2);
  });
});

describe('The retry budget', () => {
  it('allows a reserve and one retry for every five requests', () => {
    const budget = createRetryBudget();
    const retries = Array.from({ length: 100 }, () => {
      budget.deposit();
      return budget.withdraw();
    });
    // 20 % of the requests and the reserve of 10, less the deposits while the reserve was full.
    expect(retries.filter(Boolean).length).toBeGreaterThanOrEqual(29);
    expect(retries.filter(Boolean).length).toBeLessThanOrEqual(30);
  });
});

describe('A request that failed', () => {
  it.each([
    { kind: 'status', status: 429 },
    { kind: 'status', status: 503 },
    { kind: 'status', status: 504 },
    { kind: 'reset' },
    { kind: 'cut' },
  ] as const)('with $kind $status is retried and then answered', async (fault) => {
    const graph = await startGraph();
    const [path = ''] = graph.userPaths(1);
    graph.emulator.fail(fault);
    const answer = graph.client.get(path, graph.operation());
    await graph.clock.waiting(250);
    graph.clock.advance(250);
    expect(await answer).toMatchObject({ id: graph.emulator.tenant.users[0]?.id });
    expect(graph.requests()).toEqual([`GET /v1.0${path}`, `GET /v1.0${path}`]);
  });

  it.each([400, 401, 403, 404, 500, 502])('with %i is not retried', async (status) => {
    const graph = await startGraph();
    const [path = ''] = graph.userPaths(1);
    graph.emulator.fail({ kind: 'status', status });
    await expect(graph.client.get(path, graph.operation())).rejects.toMatchObject({ reason: 'status', status });
    expect(graph.requests()).toHaveLength(1);
  });

  it('is tried four times, with doubling waits', async () => {
    const graph = await startGraph();
    const [path = ''] = graph.userPaths(1);
    graph.emulator.fail({ kind: 'status', status: 503, times: 10 });
    const outcome = Promise.allSettled([graph.client.get(path, graph.operation())]);
    for (const delayMs of [250, 500, 1_000]) {
      await graph.clock.waiting(delayMs);
      graph.clock.advance(delayMs);
    }
    expect(await outcome).toMatchObject([{ status: 'rejected', reason: { status: 503 } }]);
    expect(graph.requests()).toHaveLength(4);
  });

  it('is never retried before its Retry-After', async () => {
    const graph = await startGraph();
    const [path = ''] = graph.userPaths(1);
    graph.emulator.fail({ kind: 'status', status: 429, retryAfterSeconds: 2.5 });
    const answer = graph.client.get(path, graph.operation());
    await graph.clock.waiting(2_500);
    graph.clock.advance(2_499);
    expect(graph.requests()).toHaveLength(1);
    graph.clock.advance(1);
    await answer;
    expect(graph.requests()).toHaveLength(2);
  });

  it('fails at once when its Retry-After exceeds the time of the operation', async () => {
    const graph = await startGraph();
    const [path = ''] = graph.userPaths(1);
    graph.emulator.fail({ kind: 'status', status: 429, retryAfterSeconds: 60 });
    await expect(graph.client.get(path, graph.operation())).rejects.toMatchObject({
      status: 429,
      retryAfterMs: 60_000,
    });
  });

  it('is not retried when the retry budget of the process is spent', async () => {
    const graph = await startGraph({ retryBudget: createRetryBudget({ reserve: 0 }) });
    const [path = ''] = graph.userPaths(1);
    graph.emulator.fail({ kind: 'status', status: 503 });
    await expect(graph.client.get(path, graph.operation())).rejects.toMatchObject({ status: 503 });
    expect(graph.requests()).toHaveLength(1);
  });

  it('is not retried when its last waiter has left', async () => {
    const graph = await startGraph();
    const [path = '', other = ''] = graph.userPaths(2);
    graph.emulator.fail({ kind: 'status', status: 503 });
    const operation = graph.operation();
    const answer = graph.client.get(path, operation);
    await graph.clock.waiting(250);
    operation.end();
    await expect(answer).rejects.toThrow('The caller disconnected');
    graph.clock.advance(250);
    await graph.client.get(other, graph.operation());
    expect(graph.requests()).toEqual([`GET /v1.0${path}`, `GET /v1.0${other}`]);
  });
});

describe('A request whose token was refused', () => {
  it('is sent again with the new token, though others of the same moment still wait for theirs', async () => {
    const ended = ['{}', '{"exp":1}', ''].map((part) => Buffer.from(part).toString('base64url')).join('.');
    const late = Promise.withResolvers<string>();
    let asked = 0;
    async function getToken(rejected?: string): Promise<string> {
      if (rejected !== undefined) return 'new';
      asked += 1;
      return asked <= 2 ? ended : late.promise;
    }
    const graph = await startGraph({ concurrency: 1, getToken });
    const [path = '', ...others] = graph.userPaths(26);
    const hold = graph.emulator.hold({ path });
    const answer = graph.client.get(path, graph.operation());
    await hold.arrived(1);
    // So many that a batch is filled, and some are left.
    const answers = others.map((other) => graph.client.get(other, graph.operation()));
    hold.release();
    expect(await answer).toMatchObject({ id: graph.emulator.tenant.users[0]?.id });
    late.resolve('new');
    expect(await Promise.all(answers)).toHaveLength(25);
  });
});

describe('A throttled part of a batch', () => {
  it('is retried in a batch without the other parts', async () => {
    const graph = await startGraph();
    const paths = graph.userPaths(20);
    const throttled = paths.slice(3, 6);
    for (const path of throttled)
      graph.emulator.fail({ kind: 'status', status: 429, retryAfterSeconds: 1, match: { path } });
    const operation = graph.operation();
    const answers = Promise.all(paths.map((path) => graph.client.get(path, operation)));
    await graph.clock.waiting(1_000);
    graph.clock.advance(1_000);
    expect(await answers).toMatchObject(graph.emulator.tenant.users.slice(0, 20).map(({ id }) => ({ id })));
    expect(graph.requests()).toEqual(['POST /v1.0/$batch of 20', 'POST /v1.0/$batch of 3']);
    expect(graph.emulator.requests[1]?.parts?.map(({ url }) => url)).toEqual(throttled);
  });

  it('waits for the longest Retry-After of the batch, so one request retries all throttled parts', async () => {
    const graph = await startGraph();
    const paths = graph.userPaths(3);
    for (const [index, path] of paths.entries()) {
      graph.emulator.fail({ kind: 'status', status: 429, retryAfterSeconds: index + 1, match: { path } });
    }
    const answers = Promise.all(paths.map((path) => graph.client.get(path, graph.operation())));
    await graph.clock.waiting(3_000);
    graph.clock.advance(3_000);
    await answers;
    expect(graph.requests()).toEqual(['POST /v1.0/$batch of 3', 'POST /v1.0/$batch of 3']);
  });

  it('does not delay the retry of a part without Retry-After', async () => {
    const graph = await startGraph();
    const [asked = '', other = ''] = graph.userPaths(2);
    graph.emulator.fail({ kind: 'status', status: 429, retryAfterSeconds: 4, match: { path: asked } });
    graph.emulator.fail({ kind: 'status', status: 503, match: { path: other } });
    const answers = [asked, other].map((path) => graph.client.get(path, graph.operation()));
    await graph.clock.waiting(4_000);
    graph.clock.advance(250);
    await answers[1];
    expect(graph.requests()).toEqual(['POST /v1.0/$batch of 2', `GET /v1.0${other}`]);
    graph.clock.advance(3_750);
    await answers[0];
  });

  it('is retried in a group of its own when its operation has no time for the longest wait', () => {
    const items = [
      { name: 'patient', delayMs: 4_000, patienceMs: 9_000, hasRetryAfter: true },
      { name: 'in a hurry', delayMs: 1_000, patienceMs: 2_000, hasRetryAfter: true },
      { name: 'in no hurry', delayMs: 500, patienceMs: 9_000, hasRetryAfter: true },
    ];
    expect(retryGroups(items)).toMatchObject([
      { waitMs: 4_000, items: [{ name: 'patient' }, { name: 'in no hurry' }] },
      { waitMs: 1_000, items: [{ name: 'in a hurry' }] },
    ]);
  });

  it('costs one retry of the budget per batch, not per part', async () => {
    const graph = await startGraph({ retryBudget: createRetryBudget({ ratio: 0, reserve: 1 }) });
    graph.emulator.fail({ kind: 'status', status: 503, match: { path: '/$batch' } });
    const answers = Promise.all(graph.userPaths(20).map((path) => graph.client.get(path, graph.operation())));
    await graph.clock.waiting(250);
    graph.clock.advance(250);
    expect(await answers).toHaveLength(20);
    expect(graph.requests()).toEqual(['POST /v1.0/$batch of 20', 'POST /v1.0/$batch of 20']);
  });
});
