import { expect, it } from 'vitest';
import { toCallRecording } from '../../src/recordings/call-recording.ts';
import { followLog } from '../../src/recordings/delta/follower.ts';
import { createDeltaLog } from '../../src/recordings/delta/log.ts';
import type { DeltaLogState } from '../../src/recordings/delta/log.ts';
import { createTestStore } from '../support/gateway.ts';
import { startGraph } from '../support/graph.ts';

it('Who follows a log has each record once, though another replica adds one between two of its looks', async () => {
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
      follower.readSoon();
    });

  const { position } = await add('1');
  await look();
  await add('2');
  isOvertaken = true;
  await look();
  await add('4');
  await look();

  const { client } = graph;
  const parts = { client, log, organizerId: 'organizer' };
  const addition = await follower.additionAfter(
    { ...parts, withOperation: (work) => work(graph.operation()) },
    position,
  );
  expect(addition?.added.map(({ id }) => id)).toEqual(['2', '3', '4']);
});
