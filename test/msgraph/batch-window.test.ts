import { setImmediate as nextCallback } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createOperation } from '../../src/msgraph/operation.ts';
import type { Operation } from '../../src/msgraph/operation.ts';
import { getAllRecordingsDeltaPath, getAllRecordingsPath } from '../../src/msgraph/path.ts';
import { startGraph } from '../support/graph.ts';
import type { TestGraph } from '../support/graph.ts';

function operationOf(caller: string, { clock }: TestGraph): Operation {
  return createOperation({
    requestId: caller,
    limits: { timeoutMs: 10_000, graphRequests: 1_000, httpRequests: 60 },
    clock,
    caller,
  });
}

/** How many paths of each name every batch has. Sorted, because the batches arrive on separate connections. */
function askers({ emulator }: TestGraph, asked: Readonly<Record<string, readonly string[]>>): string[] {
  const batches = emulator.requests.filter(({ parts }) => parts);
  return batches
    .map(({ parts = [] }) =>
      Object.entries(asked)
        .map(([name, paths]) => [name, parts.filter(({ url }) => paths.includes(url)).length] as const)
        .filter(([, count]) => count > 0)
        .map(([name, count]) => `${count} of ${name}`)
        .join(', '),
    )
    .toSorted();
}

describe('The requests of one turn of the event loop', () => {
  it('leave at once in full batches, and the rest together', async () => {
    const graph = await startGraph({ tenant: { users: 50, meetings: 0, recordings: 0 } });
    const paths = graph.userPaths(50);
    const asked = { one: paths.slice(0, 25), another: paths.slice(25) };
    const ask = async (name: keyof typeof asked): Promise<void> => {
      const operation = operationOf(name, graph);
      // Callbacks of the same turn: no timer or socket event runs between them.
      await nextCallback();
      await Promise.all(asked[name].map((path) => graph.client.get(path, operation)));
    };
    await Promise.all([ask('one'), ask('another')]);
    expect(askers(graph, asked)).toEqual(['20 of one', '5 of one, 15 of another', '10 of another'].toSorted());
  });

  it('have the long lists of one caller in no batch with requests of others', async () => {
    const graph = await startGraph({ tenant: { users: 10, meetings: 0, recordings: 0 } });
    const organizers = Array.from({ length: 9 }, (_, index) => `organizer-${index}`);
    const lists = organizers.map((id) => getAllRecordingsPath(id, {}));
    const users = graph.userPaths(10);
    const rounds = organizers.map(getAllRecordingsDeltaPath);
    const asked = {
      one: [...lists.slice(0, 6), ...users.slice(0, 4)],
      another: [...lists.slice(6), ...users.slice(4)],
      third: rounds,
    };
    const ask = async (name: keyof typeof asked): Promise<void> => {
      const operation = operationOf(name, graph);
      await Promise.allSettled(asked[name].map((path) => graph.client.get(path, operation)));
    };
    await Promise.all([ask('one'), ask('another'), ask('third')]);
    expect(askers(graph, asked)).toEqual(['10 of one', '9 of another', '9 of third'].toSorted());
  });

  it('are batched by operation when the operations continue after a shared batch', async () => {
    const graph = await startGraph({ tenant: { users: 63, meetings: 0, recordings: 0 } });
    const paths = graph.userPaths(63);
    const asked = { one: paths.slice(3, 23), another: paths.slice(23, 43), third: paths.slice(43) };
    const goOn = async (name: keyof typeof asked, first: string): Promise<void> => {
      const operation = operationOf(name, graph);
      await graph.client.get(first, operation);
      await Promise.all(asked[name].map((path) => graph.client.get(path, operation)));
    };
    const names = ['one', 'another', 'third'] as const;
    await Promise.all(names.map((name, index) => goOn(name, String(paths[index]))));
    expect(graph.requests()[0]).toBe('POST /v1.0/$batch of 3');
    expect(askers(graph, asked)).toEqual(['', '20 of another', '20 of one', '20 of third']);
  });
});
