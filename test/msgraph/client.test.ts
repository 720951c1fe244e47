import { describe, expect, it } from 'vitest';
import { GraphError } from '../../src/msgraph/error.ts';
import { startGraph } from '../support/graph.ts';

describe('A client of Graph', () => {
  it('sends a lone request as a plain GET', async () => {
    const graph = await startGraph();
    const [path = ''] = graph.userPaths(1);
    expect(await graph.client.get(path, graph.operation())).toMatchObject({ id: graph.emulator.tenant.users[0]?.id });
    expect(graph.requests()).toEqual([`GET /v1.0${path}`]);
  });

  it('gathers simultaneous requests into batches of at most 20, and gives each its own response', async () => {
    const graph = await startGraph();
    const operation = graph.operation();
    const answers = await Promise.all(graph.userPaths(45).map((path) => graph.client.get(path, operation)));
    expect(answers).toMatchObject(graph.emulator.tenant.users.map(({ id }) => ({ id })));
    expect(graph.requests()).toEqual(['POST /v1.0/$batch of 20', 'POST /v1.0/$batch of 20', 'POST /v1.0/$batch of 5']);
  });

  it('leaves nothing of answered requests in their operation, which may make a thousand', async () => {
    const graph = await startGraph();
    const operation = graph.operation();
    const [path = '', ...paths] = graph.userPaths(3);
    graph.emulator.fail({ kind: 'status', status: 403, match: { path } });
    const answers = [path, ...paths].map((each) => graph.client.get(each, operation));
    expect(operation.leaving.size).toBe(3);
    await Promise.allSettled(answers);
    expect(operation.leaving.size).toBe(0);
  });

  it('gathers requests of different operations into one batch', async () => {
    const graph = await startGraph();
    await Promise.all(graph.userPaths(20).map((path) => graph.client.get(path, graph.operation())));
    expect(graph.requests()).toEqual(['POST /v1.0/$batch of 20']);
  });

  it('sends at once when little is in flight, and fills the next batches from the queue under load', async () => {
    const graph = await startGraph({ concurrency: 2 });
    const paths = graph.userPaths(45);
    const hold = graph.emulator.hold({ path: '/users/' });
    const answers = [];
    // One by one, each after the previous one was sent.
    for (const [index, path] of paths.slice(0, 2).entries()) {
      answers.push(graph.client.get(path, graph.operation()));
      await hold.arrived(index + 1);
    }
    answers.push(...paths.slice(2).map((path) => graph.client.get(path, graph.operation())));
    hold.release();
    await Promise.all(answers);
    expect(graph.requests()).toEqual([
      `GET /v1.0${paths[0]}`,
      `GET /v1.0${paths[1]}`,
      'POST /v1.0/$batch of 20',
      'POST /v1.0/$batch of 20',
      'POST /v1.0/$batch of 3',
    ]);
  });

  it('shares a request in flight, and sends a new one afterwards', async () => {
    const graph = await startGraph();
    const [path = ''] = graph.userPaths(1);
    const hold = graph.emulator.hold({ path: '/users/' });
    const first = graph.client.get(path, graph.operation());
    await hold.arrived(1);
    const second = graph.client.get(path, graph.operation());
    hold.release();
    expect(await first).toBe(await second);
    await graph.client.get(path, graph.operation());
    expect(graph.requests()).toHaveLength(2);
  });

  it('keeps a shared request when one waiter leaves, and aborts it when the last one does', async () => {
    const graph = await startGraph();
    const [path = ''] = graph.userPaths(1);
    const hold = graph.emulator.hold({ path: '/users/' });
    const [one, other] = [graph.operation(), graph.operation()];
    const first = graph.client.get(path, one);
    const second = graph.client.get(path, other);
    await hold.arrived(1);
    one.end();
    await expect(first).rejects.toThrow('The caller disconnected');
    expect(graph.emulator.requests[0]?.aborted).toBe(false);
    other.end();
    await expect(second).rejects.toThrow('The caller disconnected');
    await expect.poll(() => graph.emulator.requests[0]?.aborted).toBe(true);
  });

  it('shares a request that is sent again after an abandoned one', async () => {
    const graph = await startGraph();
    const [path = '', neighbour = ''] = graph.userPaths(2);
    const hold = graph.emulator.hold({ path: neighbour });
    const leaving = graph.operation();
    const left = graph.client.get(path, leaving);
    const kept = graph.client.get(neighbour, graph.operation());
    await hold.arrived(1);
    leaving.end();
    await expect(left).rejects.toThrow('The caller disconnected');
    const held = graph.emulator.hold({ path });
    const first = graph.client.get(path, graph.operation());
    await held.arrived(1);
    hold.release();
    await kept;
    const second = graph.client.get(path, graph.operation());
    held.release();
    expect(await first).toBe(await second);
    expect(graph.requests()).toEqual(['POST /v1.0/$batch of 2', `GET /v1.0${path}`]);
  });

  it('never sends a request whose caller has left', async () => {
    const graph = await startGraph();
    const [leaving = '', staying = ''] = graph.userPaths(2);
    const operation = graph.operation();
    const left = graph.client.get(leaving, operation);
    const stayed = graph.client.get(staying, graph.operation());
    operation.end();
    await expect(left).rejects.toThrow('The caller disconnected');
    await stayed;
    expect(graph.requests()).toEqual([`GET /v1.0${staying}`]);
  });

  it('leaves abandoned requests out of its batches', async () => {
    const graph = await startGraph({ concurrency: 1 });
    const [first = '', ...paths] = graph.userPaths(45);
    const hold = graph.emulator.hold({ path: first });
    const answers = [graph.client.get(first, graph.operation())];
    await hold.arrived(1);
    const leaving = graph.operation();
    const left = Promise.allSettled(paths.slice(0, 24).map((path) => graph.client.get(path, leaving)));
    answers.push(...paths.slice(24).map((path) => graph.client.get(path, graph.operation())));
    leaving.end();
    hold.release();
    expect((await left).every(({ status }) => status === 'rejected')).toBe(true);
    await Promise.all(answers);
    expect(graph.requests()).toEqual([`GET /v1.0${first}`, 'POST /v1.0/$batch of 20']);
  });

  it('refuses requests beyond the budget of the operation, and completes the earlier ones', async () => {
    const graph = await startGraph();
    const operation = graph.operation(2);
    const outcomes = await Promise.allSettled(graph.userPaths(3).map((path) => graph.client.get(path, operation)));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    expect(outcomes[2]).toMatchObject({
      reason: { name: 'BudgetError', message: expect.stringContaining('than allowed (2)') },
    });
    expect(graph.requests()).toEqual(['POST /v1.0/$batch of 2']);
  });

  it('fails a pending request when the time of the operation is over', async () => {
    const graph = await startGraph();
    const hold = graph.emulator.hold({ path: '/users/' });
    const [path = ''] = graph.userPaths(1);
    const answer = graph.client.get(path, graph.operation());
    await hold.arrived(1);
    graph.clock.advance(10_000);
    await expect(answer).rejects.toMatchObject({ name: 'GraphError', reason: 'timeout' });
  });

  it('sends with each part of a batch the id of its operation, and with the batch that of the first', async () => {
    const graph = await startGraph();
    const [one, other] = [graph.operation(), { ...graph.operation(), requestId: 'another-id' }];
    const operations = [one, one, other, one];
    await Promise.all(graph.userPaths(4).map((path, index) => graph.client.get(path, operations[index] ?? one)));
    expect(graph.emulator.requests).toMatchObject([
      {
        headers: { 'client-request-id': one.requestId },
        parts: operations.map(({ requestId }) => ({ clientRequestId: requestId })),
      },
    ]);
  });

  it('reports each exchange', async () => {
    const graph = await startGraph();
    await Promise.all(graph.userPaths(2).map((path) => graph.client.get(path, graph.operation())));
    expect(graph.exchanges).toMatchObject([{ request: 'POST /$batch', parts: 2, outcome: 200 }]);
  });
});

describe('A batch response with a bad part', () => {
  it.each([
    ['missingPart', 'has no response to GET /users/'],
    ['duplicatePart', 'has more than one response to'],
    ['malformedPart', 'has no status for GET /users/'],
  ] as const)('of the kind %s fails only that part', async (kind, message) => {
    const graph = await startGraph();
    graph.emulator.fail({ kind });
    const operation = graph.operation();
    const outcomes = await Promise.allSettled(graph.userPaths(20).map((path) => graph.client.get(path, operation)));
    const failed = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    expect(failed).toHaveLength(1);
    expect(failed[0]).toBeInstanceOf(GraphError);
    expect(failed[0]).toMatchObject({ reason: 'malformed', message: expect.stringContaining(message) });
    expect(graph.requests()).toHaveLength(1);
  });

  it('that was not requested fails nothing', async () => {
    const graph = await startGraph();
    graph.emulator.fail({ kind: 'unknownPart' });
    const operation = graph.operation();
    const outcomes = await Promise.allSettled(graph.userPaths(20).map((path) => graph.client.get(path, operation)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(20);
  });

  it('fails every part when it has no list of responses', async () => {
    const graph = await startGraph();
    graph.emulator.fail({ kind: 'wrongJson', match: { path: '/$batch' } });
    const operation = graph.operation();
    const outcomes = await Promise.allSettled(graph.userPaths(3).map((path) => graph.client.get(path, operation)));
    expect(outcomes).toMatchObject(
      outcomes.map(() => ({ status: 'rejected', reason: { message: expect.stringContaining('no list "responses"') } })),
    );
  });
});
