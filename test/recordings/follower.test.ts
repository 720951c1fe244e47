import { expect, it } from 'vitest';
import { toCallRecording } from '../../src/recordings/call-recording.ts';
import type { WithOperation } from '../../src/recordings/delta/running-operations.ts';
import { followLog } from '../../src/recordings/delta/follower.ts';
import { createDeltaLog } from '../../src/recordings/delta/log.ts';
import type { DeltaLogState } from '../../src/recordings/delta/log.ts';
import { createTestStore } from '../support/gateway.ts';
import { startGraph } from '../support/graph.ts';

it('A subscriber whose position is ahead of the records read here waits, without a request to Graph', async () => {
  const graph = await startGraph();
  const log = createDeltaLog(createTestStore(), 'key', 'organizer');
  const read = Promise.withResolvers<unknown>();
  const follower = followLog(log, read.resolve);
  const recordings = [toCallRecording({ id: '1', meetingId: 'meeting' }, 'organizer', null)];
  const first = await log.append(null, { recordings, cursor: '1', isLast: true }, null);
  void follower.readSoon();
  await read.promise;
  const more = [toCallRecording({ id: '2', meetingId: 'meeting' }, 'organizer', null)];
  const { position } = await log.append(first, { recordings: more, cursor: '2', isLast: true }, null);

  const { client } = graph;
  const parts = { client, log, organizerId: 'organizer', mayRestore: false };
  const withOperation: WithOperation = (work) => work(graph.operation());
  expect(await follower.additionAfter({ ...parts, withOperation }, position)).toBeNull();
  expect(graph.emulator.requests).toEqual([]);
});

it('A follower of a log has each record once, even if another replica adds one between two reads', async () => {
  const graph = await startGraph();
  const log = createDeltaLog(createTestStore(), 'key', 'organizer');
  let state: DeltaLogState | null = null;
  const add = async (id: string): Promise<DeltaLogState> => {
    const recordings = [toCallRecording({ id, meetingId: 'meeting' }, 'organizer', null)];
    state = await log.append(state, { recordings, cursor: id, isLast: true }, null);
    return state;
  };
  let isOvertaken = false;
  const looks: (() => void)[] = [];
  const follower = followLog(
    {
      ...log,
      async read() {
        const found = await log.read();
        if (isOvertaken) await add('3');
        isOvertaken = false;
        return found;
      },
    },
    () => looks.shift()?.(),
  );
  const look = (): Promise<void> =>
    new Promise((resolve) => {
      looks.push(resolve);
      void follower.readSoon();
    });

  const { position } = await add('1');
  await look();
  await add('2');
  isOvertaken = true;
  await look();
  await add('4');
  await look();

  const { client } = graph;
  const parts = { client, log, organizerId: 'organizer', mayRestore: false };
  const addition = await follower.additionAfter(
    { ...parts, withOperation: (work) => work(graph.operation()) },
    position,
  );
  expect(addition?.added.map(({ id }) => id)).toEqual(['2', '3', '4']);
});
