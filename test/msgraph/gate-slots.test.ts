import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createGate } from '../../src/msgraph/admission/gate.ts';
import { createTurns } from '../../src/msgraph/admission/turn.ts';
import { createOperation } from '../../src/msgraph/operation.ts';
import { createDrivenClock } from '../support/clock.ts';
import { GOOD, openGate, watchGate } from '../support/gate.ts';
import { startGraph } from '../support/graph.ts';

describe('A concurrency slot toward Graph', () => {
  it('is not taken before there is a token, so a hanging Entra ID does not delay other clients', async () => {
    const gate = createGate({ clock: createDrivenClock(), mostRequests: 1 });
    const hanging = await startGraph({ gate, getToken: () => new Promise(() => {}) });
    const other = await startGraph({ gate });
    const operation = hanging.operation();
    const answers = hanging.userPaths(3).map((path) => hanging.client.get(path, operation));
    await setImmediate();
    expect(await Promise.all(other.userPaths(2).map((path) => other.client.get(path, other.operation())))).toHaveLength(
      2,
    );
    operation.end();
    await Promise.allSettled(answers);
    expect(hanging.requests()).toEqual([]);
  });

  it('is taken again by a retry with another token', async () => {
    const { gate, told } = watchGate(8);
    const tokens = ['old', 'new'];
    const graph = await startGraph({
      gate,
      getToken: async (rejected) => (rejected === tokens[0] && tokens.shift(), tokens[0] ?? ''),
    });
    const [path = ''] = graph.userPaths(1);
    graph.emulator.fail({ kind: 'status', status: 401, match: { path } });
    await graph.client.get(path, graph.operation());
    await setImmediate();
    expect(graph.requests()).toHaveLength(2);
    expect(told).toHaveLength(2);
  });

  it('reports its duration under the path without ids, for single requests and batches separately', async () => {
    const { gate, told } = watchGate(8);
    const graph = await startGraph({ gate });
    const paths = graph.userPaths(4);
    await graph.client.get(`${paths[0]}?$select=id`, graph.operation());
    await Promise.all(paths.map((path) => graph.client.get(path, graph.operation())));
    await setImmediate();
    expect(told.map((outcome) => outcome?.kind())).toEqual(['single GET /users/{id}', 'batch GET /users/{id}']);
  });
});

describe('An operation that ends while it waits', () => {
  it('leaves the queue of its client at once, while no request may be sent', async () => {
    const { gate, asked } = watchGate(1);
    let waiting = 0;
    const graph = await startGraph({ gate, onQueued: (change) => (waiting += change) });
    const [first = '', ...paths] = graph.userPaths(40);
    const hold = graph.emulator.hold({ path: first });
    const answer = graph.client.get(first, graph.operation());
    await hold.arrived(1);
    const leaving = graph.operation();
    const left = Promise.allSettled(paths.map((path) => graph.client.get(path, leaving)));
    await setImmediate();
    expect(waiting).toBe(39);
    leaving.end();
    expect(waiting).toBe(0);
    await left;
    const before = asked();
    hold.release();
    await answer;
    await setImmediate();
    // The gate has removed the client too.
    expect(asked()).toBe(before);
  });

  it('leaves the gate at once when its requests are sent singly', async () => {
    const { gate, asked } = watchGate(1);
    const blocked = openGate(1);
    const takeTurn = createTurns(gate);
    const operation = (): ReturnType<typeof createOperation> =>
      createOperation({
        requestId: 'the-id',
        limits: { timeoutMs: 9_000, graphRequests: 1, httpRequests: 1 },
        clock: blocked.clock,
        caller: null,
      });
    const done = await takeTurn(operation());
    const leaving = operation();
    const turn = takeTurn(leaving);
    leaving.end();
    await expect(turn).rejects.toThrow('The caller disconnected');
    const before = asked();
    done(GOOD);
    expect(asked()).toBe(before);
  });
});
