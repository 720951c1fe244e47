import { describe, expect, it } from 'vitest';
import type { Operation } from '../../src/msgraph/operation.ts';
import { startGraph } from '../support/graph.ts';
import type { TestGraph } from '../support/graph.ts';

/** The outcome of each request, in order. */
async function ask({ client }: TestGraph, paths: readonly string[], operation: Operation): Promise<string[]> {
  const outcomes = await Promise.allSettled(paths.map((path) => client.get(path, operation)));
  return outcomes.map((outcome) =>
    outcome.status === 'fulfilled' ? 'answered' : String(outcome.reason instanceof Error && outcome.reason.name),
  );
}

function count(outcomes: readonly string[]): Record<string, number> {
  return Object.fromEntries(
    [...new Set(outcomes)].map((one) => [one, outcomes.filter((other) => other === one).length]),
  );
}

describe('The HTTP requests of an operation', () => {
  it('are limited by its budget, even for queued requests', async () => {
    const graph = await startGraph();
    expect(count(await ask(graph, graph.userPaths(45), graph.operation(1_000, 2)))).toEqual({
      answered: 40,
      BudgetError: 5,
    });
    expect(graph.requests()).toEqual(['POST /v1.0/$batch of 20', 'POST /v1.0/$batch of 20']);
  });

  it('count one for each page of a chain, and the error says what to change', async () => {
    const graph = await startGraph();
    const operation = graph.operation(1_000, 3);
    const paths = graph.userPaths(4);
    for (const path of paths.slice(0, 3)) await graph.client.get(path, operation);
    await expect(graph.client.get(paths[3] ?? '', operation)).rejects.toThrow(
      'The operation needs more HTTP requests to Microsoft Graph than allowed (3); a batch of up to 20 counts as one. Use a smaller "first", or query fewer lists in one operation.',
    );
    expect(graph.requests()).toHaveLength(3);
  });

  it("count only its own share of batches that contain other operations' requests", async () => {
    const graph = await startGraph({ tenant: { users: 360, meetings: 0, recordings: 0 }, concurrency: 1 });
    const paths = graph.userPaths(360);
    const [mine, others] = [graph.operation(1_000, 3), graph.operation(1_000, 60)];
    const callers = [
      { operation: { ...mine, caller: 'me' }, paths: paths.slice(0, 60) },
      { operation: { ...others, caller: 'others' }, paths: paths.slice(60) },
    ];
    const answers = await Promise.all(callers.map((caller) => ask(graph, caller.paths, caller.operation)));
    // As in batches of its own: 60 requests in three.
    expect(answers.map(count)).toEqual([{ answered: 60 }, { answered: 300 }]);
    expect(graph.requests().filter((line) => line.includes('$batch')).length).toBeGreaterThanOrEqual(18);
    expect(mine.exhausted()?.name).toBe('BudgetError');
  });

  it('count for each operation that shares a request, even one already in flight', async () => {
    const graph = await startGraph();
    const [path = ''] = graph.userPaths(1);
    const hold = graph.emulator.hold({ path });
    const operations = [graph.operation(9, 1), graph.operation(9, 1), graph.operation(9, 1)];
    const early = operations.slice(0, 2).map((operation) => graph.client.get(path, operation));
    await hold.arrived(1);
    const late = operations.slice(2).map((operation) => graph.client.get(path, operation));
    hold.release();
    await Promise.all([...early, ...late]);
    expect(operations.map((operation) => operation.exhausted()?.name)).toEqual(operations.map(() => 'BudgetError'));
    expect(graph.requests()).toHaveLength(1);
  });

  it('are spent by one operation without failing a shared request of another', async () => {
    const graph = await startGraph();
    const paths = graph.userPaths(21);
    const poor = ask(graph, paths, graph.operation(1_000, 1));
    const rich = ask(graph, paths.slice(20), graph.operation(9, 9));
    expect(count(await poor)).toEqual({ answered: 20, BudgetError: 1 });
    expect(await rich).toEqual(['answered']);
    expect(graph.requests()).toEqual(['POST /v1.0/$batch of 20', `GET /v1.0${paths[20]}`]);
  });

  it('count each try, and the last failure stands when none is left', async () => {
    const graph = await startGraph();
    graph.emulator.fail({ kind: 'status', status: 503, times: 9 });
    const [path = ''] = graph.userPaths(1);
    const answer = graph.client.get(path, graph.operation(9, 2));
    await graph.clock.waiting(250);
    graph.clock.advance(250);
    await expect(answer).rejects.toMatchObject({ name: 'GraphError', status: 503 });
    expect(graph.requests()).toHaveLength(2);
  });
});
