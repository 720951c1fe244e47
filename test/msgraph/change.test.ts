import { describe, expect, it } from 'vitest';
import type { ChangeRequest } from '../../src/msgraph/client.ts';
import { createRetryBudget } from '../../src/msgraph/retry.ts';
import { at, textAt } from '../emulator/graph-client.ts';
import { startNotificationEndpoint } from '../emulator/notification-endpoint.ts';
import { startGraph } from '../support/graph.ts';
import type { TestGraph, TestGraphOptions } from '../support/graph.ts';

type Method = ChangeRequest['method'];

interface TestChanges extends TestGraph {
  /** The path of an existing subscription. */
  readonly path: string;
  /** One change of each kind to it. */
  readonly changes: Readonly<Record<Method, ChangeRequest>>;
  /** Sends one of them in an operation of its own. */
  change(method: Method): Promise<unknown>;
  /** The requests to Graph since the subscription was created. */
  since(): string[];
}

const inHalfAnHour = (): string => new Date(Date.now() + 30 * 60_000).toISOString();

async function start(options: TestGraphOptions = {}): Promise<TestChanges> {
  const graph = await startGraph(options);
  const { url: notificationUrl } = await startNotificationEndpoint();
  const body = {
    changeType: 'created',
    resource: 'communications/onlineMeetings/getAllRecordings',
    expirationDateTime: inHalfAnHour(),
    notificationUrl,
  };
  const created = await graph.client.send({ method: 'POST', path: '/subscriptions', body }, graph.operation());
  const path = `/subscriptions/${textAt(created, 'id')}`;
  const changes = {
    POST: { method: 'POST', path: `${path}/reauthorize` },
    PATCH: { method: 'PATCH', path, body: { expirationDateTime: inHalfAnHour() } },
    DELETE: { method: 'DELETE', path },
  } as const;
  return {
    ...graph,
    path,
    changes,
    change: (method) => graph.client.send(changes[method], graph.operation()),
    since: () => graph.requests().slice(1),
  };
}

describe('A write to Graph', () => {
  it('returns the body of its response, and carries the id of its operation', async () => {
    const graph = await start();
    const changed = await graph.change('PATCH');
    expect(Date.parse(textAt(changed, 'expirationDateTime'))).toBe(
      Date.parse(textAt(graph.changes.PATCH.body, 'expirationDateTime')),
    );
    expect(graph.emulator.requests[1]?.headers['client-request-id']).toBe('11111111-2222-4333-8444-555555555555');
  });

  it.each(['POST', 'DELETE'] as const)('may have a response without a body, to a %s', async (method) => {
    const graph = await start();
    expect(await graph.change(method)).toBeUndefined();
    expect(graph.emulator.requests[1]?.status).toBe(204);
  });

  it('is reported as an exchange', async () => {
    const graph = await start();
    await graph.change('DELETE');
    expect(graph.exchanges.at(-1)).toMatchObject({ request: `DELETE ${graph.path}`, parts: 1, outcome: 204 });
  });

  it('is sent by itself, while simultaneous reads share a batch', async () => {
    const graph = await start();
    const operation = graph.operation();
    const paths = graph.userPaths(3);
    const answers = await Promise.all([
      graph.client.get(paths[0] ?? '', operation),
      graph.client.send(graph.changes.PATCH, operation),
      ...paths.slice(1).map((path) => graph.client.get(path, operation)),
    ]);
    expect(answers.map((answer) => at(answer, 'displayName') !== undefined)).toEqual([true, false, true, true]);
    expect(graph.since().toSorted()).toEqual([`PATCH /v1.0${graph.path}`, 'POST /v1.0/$batch of 3']);
  });

  it('is sent as often as it is called, also simultaneously', async () => {
    const graph = await start();
    await Promise.all([graph.change('PATCH'), graph.change('PATCH'), graph.client.get(graph.path, graph.operation())]);
    expect(graph.since().toSorted()).toEqual([
      `GET /v1.0${graph.path}`,
      `PATCH /v1.0${graph.path}`,
      `PATCH /v1.0${graph.path}`,
    ]);
  });

  it('alternates with reads when only one request may be in flight', async () => {
    const graph = await start({ concurrency: 1 });
    const operation = graph.operation();
    const hold = graph.emulator.hold({ path: '/users/' });
    const [first = '', ...paths] = graph.userPaths(42);
    const answers = [graph.client.get(first, operation)];
    await hold.arrived(1);
    answers.push(
      ...Array.from({ length: 3 }, () => graph.client.send(graph.changes.PATCH, operation)),
      ...paths.map((path) => graph.client.get(path, operation)),
    );
    hold.release();
    await Promise.all(answers);
    expect(graph.since().slice(1)).toEqual([
      `PATCH /v1.0${graph.path}`,
      'POST /v1.0/$batch of 20',
      `PATCH /v1.0${graph.path}`,
      'POST /v1.0/$batch of 20',
      `PATCH /v1.0${graph.path}`,
      `GET /v1.0${paths[40]}`,
    ]);
  });

  it('counts toward the request budget of its operation', async () => {
    const graph = await start();
    const operation = graph.operation(1);
    await graph.client.send(graph.changes.PATCH, operation);
    await expect(graph.client.send(graph.changes.PATCH, operation)).rejects.toMatchObject({ name: 'BudgetError' });
    expect(graph.since()).toHaveLength(1);
  });

  it('is aborted when its operation ends, and not sent when the operation has already ended', async () => {
    const graph = await start();
    const hold = graph.emulator.hold({ method: 'PATCH' });
    const operation = graph.operation();
    const changed = graph.client.send(graph.changes.PATCH, operation);
    await hold.arrived(1);
    operation.end();
    await expect(changed).rejects.toThrow('The caller disconnected');
    await expect.poll(() => graph.emulator.requests[1]?.aborted).toBe(true);
    await expect(graph.client.send(graph.changes.PATCH, operation)).rejects.toThrow('The caller disconnected');
    expect(graph.since()).toHaveLength(1);
  });

  it('is retried once with another token when the first is refused', async () => {
    const tokens = ['one', 'other'];
    const graph = await start({
      getToken: async (rejected) => (rejected === tokens[0] && tokens.shift(), tokens[0] ?? ''),
    });
    graph.emulator.fail({ kind: 'status', status: 401, match: { method: 'POST' } });
    expect(await graph.change('POST')).toBeUndefined();
    expect(graph.since()).toHaveLength(2);
    graph.emulator.fail({ kind: 'status', status: 401, times: 9 });
    await expect(graph.change('POST')).rejects.toMatchObject({ status: 401 });
    expect(graph.since()).toHaveLength(4);
  });
});

describe('A write that failed', () => {
  it.each([
    ['POST', { kind: 'status', status: 429 }],
    ['PATCH', { kind: 'status', status: 429 }],
    ['PATCH', { kind: 'status', status: 503 }],
    ['PATCH', { kind: 'status', status: 504 }],
    ['PATCH', { kind: 'reset' }],
    ['DELETE', { kind: 'status', status: 429 }],
    ['DELETE', { kind: 'status', status: 503 }],
    ['DELETE', { kind: 'status', status: 504 }],
  ] as const)('as a %s by %o is retried', async (method, fault) => {
    const graph = await start();
    graph.emulator.fail(fault);
    const changed = graph.change(method);
    await graph.clock.waiting(250);
    graph.clock.advance(250);
    await changed;
    expect(graph.since()).toEqual(Array.from({ length: 2 }, () => `${method} /v1.0${graph.changes[method].path}`));
  });

  it('as a DELETE by a reset is retried, and its 404 is reported when the first try took effect', async () => {
    const graph = await start();
    graph.emulator.fail({ kind: 'reset' });
    const changed = graph.change('DELETE');
    await graph.clock.waiting(250);
    graph.clock.advance(250);
    await expect(changed).rejects.toMatchObject({ status: 404 });
  });

  it.each([
    ['POST', { kind: 'status', status: 503 }],
    ['POST', { kind: 'status', status: 504 }],
    ['POST', { kind: 'reset' }],
    ['POST', { kind: 'status', status: 500 }],
    ['PATCH', { kind: 'status', status: 400 }],
    ['PATCH', { kind: 'status', status: 500 }],
    ['DELETE', { kind: 'status', status: 409 }],
  ] as const)('as a %s by %o is not retried', async (method, fault) => {
    const graph = await start();
    graph.emulator.fail(fault);
    await expect(graph.change(method)).rejects.toMatchObject({ name: 'GraphError' });
    expect(graph.since()).toHaveLength(1);
  });

  it.each(['POST', 'PATCH'] as const)('as a %s is never retried before its Retry-After', async (method) => {
    const graph = await start();
    graph.emulator.fail({ kind: 'status', status: 429, retryAfterSeconds: 2.5 });
    const changed = graph.change(method);
    await graph.clock.waiting(2_500);
    graph.clock.advance(2_499);
    expect(graph.since()).toHaveLength(1);
    graph.clock.advance(1);
    await changed;
  });

  it('is not retried when the retry budget of the process is spent', async () => {
    const graph = await start({ retryBudget: createRetryBudget({ reserve: 0 }) });
    graph.emulator.fail({ kind: 'status', status: 429 });
    await expect(graph.change('PATCH')).rejects.toMatchObject({ status: 429 });
    expect(graph.since()).toHaveLength(1);
  });
});
