import { describe, expect, it } from 'vitest';
import { at, listAt, startGateway } from '../support/gateway.ts';
import type { TestGateway } from '../support/gateway.ts';

const PAGE = `query ($organizer: ID!, $first: Int, $after: String, $start: DateTime) {
  callRecordings(meetingOrganizerId: $organizer, first: $first, after: $after, startDateTime: $start) {
    edges { cursor node { id } }
    nodes { id }
    pageInfo { startCursor endCursor hasNextPage hasPreviousPage }
  }
}`;

function organizerOf({ emulator }: TestGateway): string {
  return emulator.tenant.users[0]?.id ?? '';
}

function idsOf(nodes: readonly unknown[]): unknown[] {
  return nodes.map((node) => at(node, 'id'));
}

/** Walks a list to its end, in pages of `first`. */
async function walk(gateway: TestGateway, first: number): Promise<unknown[][]> {
  const walked: unknown[][] = [];
  let after: unknown = null;
  for (let hasNextPage: unknown = true; hasNextPage === true;) {
    const { data, errors } = await gateway.query(PAGE, { organizer: organizerOf(gateway), first, after });
    expect(errors).toBeUndefined();
    walked.push(idsOf(listAt(data, 'callRecordings.nodes')));
    after = at(data, 'callRecordings.pageInfo.endCursor');
    hasNextPage = at(data, 'callRecordings.pageInfo.hasNextPage');
  }
  return walked;
}

function idsInTenant({ emulator }: TestGateway): unknown[] {
  return emulator.tenant.recordings.map(({ id }) => id);
}

const TENANT = { users: 1, meetings: 5, recordings: 25 };

describe('A list', () => {
  it.each([
    { first: 100, pageSize: 1 },
    { first: 100, pageSize: 7 },
    { first: 100, pageSize: 100 },
    { first: 1, pageSize: 10 },
    { first: 4, pageSize: 10 },
    { first: 10, pageSize: 10 },
    { first: 7, pageSize: 3 },
    { first: 25, pageSize: 25 },
  ])('walked by $first yields every recording once over pages of $pageSize in Graph', async ({ first, pageSize }) => {
    const gateway = await startGateway({ tenant: TENANT, settings: { pageSize } });
    const walked = await walk(gateway, first);
    expect(walked.flat()).toHaveLength(25);
    expect(new Set(walked.flat())).toEqual(new Set(idsInTenant(gateway)));
    // Every page is full but the last.
    expect(walked.slice(0, -1).every((ids) => ids.length === first)).toBe(true);
  });

  it('requests no more pages of Graph than it needs', async () => {
    const gateway = await startGateway({ tenant: TENANT, settings: { pageSize: 10 } });
    await gateway.query(PAGE, { organizer: organizerOf(gateway), first: 10 });
    expect(gateway.requests()).toHaveLength(1);
  });

  it('that is walked by the pages of Graph reads each of them once', async () => {
    const gateway = await startGateway({ tenant: TENANT, settings: { pageSize: 10 } });
    expect(await walk(gateway, 10)).toHaveLength(3);
    expect(gateway.requests()).toHaveLength(3);
  });

  it('continues after any of its recordings', async () => {
    const gateway = await startGateway({ tenant: TENANT, settings: { pageSize: 4 } });
    const organizer = organizerOf(gateway);
    const { data } = await gateway.query(PAGE, { organizer, first: 9 });
    const edges = listAt(data, 'callRecordings.edges');
    const all = (await walk(gateway, 100)).flat();
    for (const [index, edge] of edges.entries()) {
      const rest = await gateway.query(PAGE, { organizer, first: 100, after: at(edge, 'cursor') });
      expect(idsOf(listAt(rest.data, 'callRecordings.nodes'))).toEqual(all.slice(index + 1));
    }
  });

  it('reports whether there is more, and the cursors of its ends', async () => {
    const gateway = await startGateway({ tenant: TENANT, settings: { pageSize: 100 } });
    const organizer = organizerOf(gateway);
    const some = await gateway.query(PAGE, { organizer, first: 24 });
    expect(at(some.data, 'callRecordings.pageInfo')).toEqual({
      startCursor: expect.any(String),
      endCursor: expect.any(String),
      hasNextPage: true,
      hasPreviousPage: false,
    });
    const all = await gateway.query(PAGE, { organizer, first: 25 });
    expect(at(all.data, 'callRecordings.pageInfo.hasNextPage')).toBe(false);
  });

  it('without recordings is empty', async () => {
    const gateway = await startGateway({ tenant: { users: 1, meetings: 0, recordings: 0 } });
    expect(await gateway.query(PAGE, { organizer: organizerOf(gateway) })).toEqual({
      data: {
        callRecordings: {
          edges: [],
          nodes: [],
          pageInfo: { startCursor: null, endCursor: null, hasNextPage: false, hasPreviousPage: false },
        },
      },
    });
  });

  it('has 20 recordings by default', async () => {
    const gateway = await startGateway({ tenant: TENANT });
    const { data } = await gateway.query(PAGE, { organizer: organizerOf(gateway) });
    expect(listAt(data, 'callRecordings.nodes')).toHaveLength(20);
  });

  it('never sends $top to Graph, which may silently lose the rest of a list', async () => {
    const gateway = await startGateway({ tenant: TENANT, settings: { pageSize: 5, dropNextLinkWithTop: true } });
    expect(new Set((await walk(gateway, 6)).flat())).toEqual(new Set(idsInTenant(gateway)));
    expect(gateway.paths().filter((path) => /top/i.test(path))).toEqual([]);
  });

  it('fails as a whole when one of the pages of Graph fails', async () => {
    const gateway = await startGateway({ tenant: TENANT, settings: { pageSize: 5 } });
    gateway.emulator.fail({ kind: 'status', status: 500, match: { query: 'skiptoken' } });
    expect(await gateway.query(PAGE, { organizer: organizerOf(gateway), first: 25 })).toMatchObject({
      data: null,
      errors: [{ path: ['callRecordings'], extensions: { code: 'UPSTREAM_UNAVAILABLE', graphStatus: 500 } }],
    });
  });

  it('has only recordings after the start of the window', async () => {
    const gateway = await startGateway({ tenant: TENANT });
    const instants = gateway.emulator.tenant.recordings.map(({ createdDateTime }) => createdDateTime);
    const [middle] = instants.toSorted((a, b) => a.localeCompare(b)).slice(12);
    const { data } = await gateway.query(PAGE, { organizer: organizerOf(gateway), first: 100, start: middle });
    expect(listAt(data, 'callRecordings.nodes')).toHaveLength(
      instants.filter((instant) => instant > (middle ?? '')).length,
    );
  });
});

describe('A cursor', () => {
  it('keeps its place when a recording is added', async () => {
    const gateway = await startGateway({ tenant: TENANT, settings: { pageSize: 100 } });
    const organizer = organizerOf(gateway);
    const before = await gateway.query(PAGE, { organizer, first: 10 });
    const after = at(before.data, 'callRecordings.pageInfo.endCursor');
    gateway.emulator.addRecording();
    const rest = await gateway.query(PAGE, { organizer, first: 100, after });
    const seen = [before, rest].flatMap(({ data }) => idsOf(listAt(data, 'callRecordings.nodes')));
    expect(seen).toHaveLength(new Set(seen).size);
    expect(seen).toEqual(expect.arrayContaining(idsInTenant(gateway).slice(0, 25)));
  });

  it('reveals neither a path nor a skip token of Graph', async () => {
    const gateway = await startGateway({ tenant: TENANT, settings: { pageSize: 5 } });
    const { data } = await gateway.query(PAGE, { organizer: organizerOf(gateway), first: 5 });
    const cursor = String(at(data, 'callRecordings.pageInfo.endCursor'));
    expect(Buffer.from(cursor, 'base64url').toString('latin1')).not.toMatch(/users|skiptoken/i);
  });

  it.each([
    ['of another list', (cursors: { other: string }) => cursors.other],
    [
      'that was changed',
      (cursors: { own: string }) => `${cursors.own.startsWith('A') ? 'B' : 'A'}${cursors.own.slice(1)}`,
    ],
    ['that was cut', (cursors: { own: string }) => cursors.own.slice(0, 10)],
    ['that somebody made up', () => Buffer.from('["/users/x",0,""]').toString('base64url')],
    ['that is empty', () => ''],
  ])('%s is refused with an explanation, without a request to Graph', async (_, make) => {
    const gateway = await startGateway({ tenant: TENANT });
    const organizer = organizerOf(gateway);
    const cursorOf = async (variables: Record<string, unknown>): Promise<string> =>
      String(
        at(
          (await gateway.query(PAGE, { organizer, first: 2, ...variables })).data,
          'callRecordings.pageInfo.endCursor',
        ),
      );
    const cursors = { own: await cursorOf({}), other: await cursorOf({ start: '2020-01-01T00:00:00Z' }) };
    gateway.emulator.clearRequests();
    expect(await gateway.query(PAGE, { organizer, after: make(cursors) })).toMatchObject({
      data: null,
      errors: [
        {
          message: expect.stringContaining('does not belong to this list'),
          path: ['callRecordings'],
          extensions: { code: 'BAD_USER_INPUT' },
        },
      ],
    });
    expect(gateway.requests()).toEqual([]);
  });
});
