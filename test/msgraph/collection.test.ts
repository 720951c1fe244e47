import { describe, expect, it } from 'vitest';
import { getAllRecordingsPath } from '../../src/msgraph/path.ts';
import { pages } from '../../src/msgraph/resources/collection.ts';
import { startGraph } from '../support/graph.ts';
import type { TestGraph } from '../support/graph.ts';

const TENANT = { users: 1, meetings: 5, recordings: 25 };

async function walk(graph: TestGraph): Promise<number[]> {
  const sizes: number[] = [];
  const path = getAllRecordingsPath(graph.emulator.tenant.users[0]?.id ?? '', {});
  for await (const { items } of pages(graph.client, path, graph.operation())) sizes.push(items.length);
  return sizes;
}

describe('A collection', () => {
  it('is read page by page to its end', async () => {
    const graph = await startGraph({ tenant: TENANT, settings: { pageSize: 10 } });
    expect(await walk(graph)).toEqual([10, 10, 5]);
    expect(graph.requests()).toHaveLength(3);
  });

  it('continues after an empty page', async () => {
    const graph = await startGraph({ tenant: TENANT, settings: { pageSize: 10 } });
    graph.emulator.fail({ kind: 'emptyPage' });
    const sizes = await walk(graph);
    expect(sizes[0]).toBe(0);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(25);
  });

  it.each([
    ['nextLinkLoop', 'form a loop'],
    ['foreignNextLink', 'leads outside Microsoft Graph'],
    ['climbingNextLink', 'leads outside Microsoft Graph'],
  ] as const)('is rejected because of a link of the kind %s', async (kind, message) => {
    const graph = await startGraph({ tenant: TENANT, settings: { pageSize: 10 } });
    graph.emulator.fail({ kind, times: 3 });
    await expect(walk(graph)).rejects.toMatchObject({ reason: 'malformed', message: expect.stringContaining(message) });
    expect(graph.emulator.requests.every(({ url }) => url.startsWith('/v1.0/'))).toBe(true);
  });

  it('is rejected when it has no list', async () => {
    const graph = await startGraph({ tenant: TENANT });
    graph.emulator.fail({ kind: 'wrongJson' });
    await expect(walk(graph)).rejects.toMatchObject({ message: expect.stringContaining('"value" must be a list') });
  });
});
