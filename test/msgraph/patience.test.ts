import { describe, expect, it } from 'vitest';
import { createOperation } from '../../src/msgraph/operation.ts';
import { startGraph } from '../support/graph.ts';
import type { TestGraph } from '../support/graph.ts';

/** How an operation that may take so long fares with a path: what came, and when by the clock. */
async function fare({ client, clock }: TestGraph, path: string, timeoutMs: number): Promise<object> {
  const limits = { timeoutMs, graphRequests: 10, httpRequests: 10 };
  const operation = createOperation({ requestId: 'a', limits, clock, caller: null });
  const [outcome] = await Promise.allSettled([client.get(path, operation)]);
  operation.end();
  return { atMs: clock.steadyMs(), ...(outcome.status === 'fulfilled' ? { came: true } : { error: outcome.reason }) };
}

describe('Of those who share a request that Graph throttles', () => {
  it('who has less time than it asks for is told at once, and the others wait for the answer', async () => {
    const graph = await startGraph();
    const { clock, emulator } = graph;
    const [path = ''] = graph.userPaths(1);
    const hold = emulator.hold({ path: '/users/' });
    emulator.fail({ kind: 'status', status: 429, retryAfter: '4', times: 1 });
    const beginMs = clock.steadyMs();
    const hasty = fare(graph, path, 3_000);
    const patient = fare(graph, path, 9_000);
    await hold.arrived(1);
    hold.release();
    expect(await hasty).toMatchObject({ atMs: beginMs, error: { status: 429, retryAfterMs: 4_000 } });
    clock.advance(4_000);
    expect(await patient).toEqual({ atMs: beginMs + 4_000, came: true });
    expect(graph.requests()).toHaveLength(2);
  });
});

describe('While Graph has asked everybody to wait', () => {
  it('who wants what is on its way already has its answer', async () => {
    const graph = await startGraph();
    const { emulator } = graph;
    const [slow = '', ...others] = graph.userPaths(21);
    const hold = emulator.hold({ path: slow.split('?')[0] ?? '' });
    const first = fare(graph, slow, 3_000);
    await hold.arrived(1);
    emulator.fail({ kind: 'status', status: 429, retryAfter: '60', match: { path: '/$batch' } });
    const throttled = await Promise.all(others.map((path) => fare(graph, path, 3_000)));
    expect(throttled).toMatchObject(others.map(() => ({ error: { status: 429 } })));
    const joining = fare(graph, slow, 3_000);
    hold.release();
    expect(await Promise.all([first, joining])).toMatchObject([{ came: true }, { came: true }]);
    expect(await fare(graph, slow, 3_000)).toMatchObject({ error: { status: 429 } });
    expect(graph.requests()).toHaveLength(2);
  });
});
