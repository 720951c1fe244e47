import { expect, it } from 'vitest';
import { openGraphAccess } from '../../src/graph-access.ts';
import { startGateway } from '../support/gateway.ts';
import { startListOfGraph } from '../support/list-of-graph.ts';
import { ASK, readDelta } from '../support/live.ts';
import type { ReadDelta } from '../support/live.ts';

const MEETING = { meetingId: 'a meeting', createdDateTime: '2026-11-23T12:00:00Z' };

it('A delta query does not return recordings that Graph reports as removed', async () => {
  const origin = await startListOfGraph((target, own) => ({
    value: target.includes('token')
      ? [
          { id: 'A', '@removed': { reason: 'deleted' } },
          { id: 'C', ...MEETING },
        ]
      : ['A', 'B'].map((id) => ({ id, ...MEETING })),
    '@odata.deltaLink': `${own}${target.split('?')[0]}?$deltatoken=1`,
  }));
  const gateway = await startGateway({ graph: openGraphAccess(origin, 'an-opaque-token', 'a list') });
  const ask = async (since?: string): Promise<ReadDelta> =>
    readDelta(await gateway.query(ASK, { organizer: 'somebody', since }));
  const first = await ask();
  expect(first.ids).toEqual(['A', 'B']);
  expect((await ask(first.token)).ids).toEqual(['C']);
});
