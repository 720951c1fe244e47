import { expect, it } from 'vitest';
import { openGraphAccess } from '../../src/graph-access.ts';
import { createFeedStore } from '../support/feed.ts';
import { startGateway } from '../support/gateway.ts';
import { ASK, readDelta } from '../support/live.ts';
import type { ReadDelta } from '../support/live.ts';
import { startTrackingOfGraph } from '../support/tracking-of-graph.ts';
import type { TrackingOfGraph } from '../support/tracking-of-graph.ts';

interface Setting extends TrackingOfGraph {
  readonly ask: (since?: string) => Promise<ReadDelta>;
}

/** Starts a gateway over a Graph with pages of so many, whose log keeps so many records. */
async function start(pageSize: number, records: number): Promise<Setting> {
  const tracking = await startTrackingOfGraph(pageSize);
  const gateway = await startGateway({
    graph: openGraphAccess(tracking.origin, 'an-opaque-token', 'change tracking'),
    store: createFeedStore(records),
  });
  return {
    ...tracking,
    ask: async (since) => readDelta(await gateway.query(ASK, { organizer: 'somebody', since })),
  };
}

it('What the log has lost is told to its end, though one of those recordings was deleted in Graph', async () => {
  const { ask, record, remove } = await start(100, 3);
  const [deleted = '', ...others] = record(400);
  await ask('now');
  remove(deleted);
  const first = await ask();
  const second = await ask(first.token);
  const third = await ask(second.token);
  expect([first.hasMore, second.hasMore, third.ids]).toEqual([true, false, []]);
  expect([...first.ids, ...second.ids]).toEqual(others);
});

it('What comes next does not begin with what was there before, though the round before has broken off', async () => {
  const { ask, failOnce, record } = await start(2, 1_000);
  record(4);
  failOnce('skiptoken');
  await expect(ask('now')).rejects.toThrow('UPSTREAM_ERROR');
  record(1);
  const now = await ask('now');
  const added = record(1);
  expect((await ask(now.token)).ids).toEqual(added);
});
