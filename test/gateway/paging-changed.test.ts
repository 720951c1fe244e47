import { describe, expect, it } from 'vitest';
import { openGraphAccess } from '../../src/graph-access.ts';
import { at, listAt, startGateway } from '../support/gateway.ts';
import { startListOfGraph } from '../support/list-of-graph.ts';

const PAGE = `query ($first: Int, $after: String) {
  callRecordings(meetingOrganizerId: "somebody", first: $first, after: $after) {
    nodes { id meetingId }
    pageInfo { endCursor hasNextPage }
  }
}`;

interface ReadPage {
  readonly names: string[];
  readonly endCursor: unknown;
  readonly hasNextPage: unknown;
}

interface Setting {
  /** Sets the list, each item as `meeting/id`. */
  readonly setItems: (names: readonly string[]) => void;
  readonly read: (first: number, after?: unknown) => Promise<ReadPage>;
}

async function start(names: readonly string[]): Promise<Setting> {
  let items = names;
  const origin = await startListOfGraph(() => ({
    value: items.map((name) => ({ meetingId: name.split('/')[0], id: name.split('/')[1] })),
  }));
  const gateway = await startGateway({ graph: openGraphAccess(origin, 'an-opaque-token', 'a list') });
  return {
    setItems(next) {
      items = next;
    },
    async read(first, after) {
      const { data } = await gateway.query(PAGE, { first, after });
      return {
        names: listAt(data, 'callRecordings.nodes').map((node) => [at(node, 'meetingId'), at(node, 'id')].join('/')),
        endCursor: at(data, 'callRecordings.pageInfo.endCursor'),
        hasNextPage: at(data, 'callRecordings.pageInfo.hasNextPage'),
      };
    },
  };
}

describe('A list with the same id in two meetings', () => {
  const names = ['m1/X', 'm1/Y', 'm2/X', 'm3/Z'];

  it('comes to its end, and has each recording once', async () => {
    const { read } = await start(names);
    const walked: string[] = [];
    let page = await read(1);
    for (let count = 1; count < 2 * names.length && page.hasNextPage === true; count += 1) {
      walked.push(...page.names);
      page = await read(1, page.endCursor);
    }
    expect([...walked, ...page.names]).toEqual(names);
  });

  it('continues after the recording of the cursor when another appears before it', async () => {
    const { read, setItems } = await start(names);
    const { endCursor } = await read(3);
    setItems(['m0/W', ...names]);
    expect((await read(10, endCursor)).names).toEqual(['m3/Z']);
  });
});

describe('A list that repeats a recording', () => {
  it('continues after the repetition', async () => {
    const { read } = await start(['m1/X', 'm1/Y', 'm1/X', 'm1/Z']);
    const { endCursor } = await read(3);
    expect((await read(10, endCursor)).names).toEqual(['m1/Z']);
  });
});

describe('A cursor whose recording was deleted', () => {
  it.each([1, 2, 3])('misses nothing after it, and repeats nothing before it (after %d)', async (first) => {
    const names = ['m/A', 'm/B', 'm/C', 'm/D', 'm/E'];
    const { read, setItems } = await start(names);
    const { endCursor } = await read(first);
    setItems(names.toSpliced(first - 1, 1));
    expect((await read(10, endCursor)).names).toEqual(names.slice(first));
  });

  it.each([
    ['A C', 'D E'],
    ['A B C', 'D E'],
    ['A B C D', 'E'],
    // What is gone after it may cause a repetition.
    ['C E', 'B D'],
  ])('misses nothing after it when others are gone too: %s', async (gone, rest) => {
    const names = ['m/A', 'm/B', 'm/C', 'm/D', 'm/E'];
    const { read, setItems } = await start(names);
    const { endCursor } = await read(3);
    setItems(names.filter((name) => !gone.includes(name.slice(2))));
    expect((await read(10, endCursor)).names).toEqual(rest.split(' ').map((name) => `m/${name}`));
  });

  it('misses nothing after it when others have come', async () => {
    const { read, setItems } = await start(['m/A', 'm/B', 'm/C', 'm/D']);
    const { endCursor } = await read(3);
    setItems(['m/A', 'm/B', 'm/D', 'm/E', 'm/F']);
    expect((await read(10, endCursor)).names).toEqual(['m/D', 'm/E', 'm/F']);
  });
});
