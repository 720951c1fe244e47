import { expect, it, onTestFinished } from 'vitest';
import type { Weight } from '../../bench/message.ts';
import { startCrowd, startWeighedGateway } from '../../bench/process.ts';
import { createEmulator } from '../../src/emulator/emulator.ts';

/** Subscribers that connect before the measurement, so that one-time costs do not count. */
const FEW = 200;
const MORE = 800;
const KIB = 1_024;

/**
 * For each connection, a bare Node server takes 5 KiB of the heap and 10 KiB outside it: see docs/reliability.md. The
 * whole has to stay below 40.
 */
const MOST_HEAP_KIB = 21;

async function grow(door: 'events' | 'websocket'): Promise<readonly [before: Weight, after: Weight]> {
  const emulator = await createEmulator({ tenant: { users: 1, meetings: 1, recordings: 1 } });
  onTestFinished(() => emulator.close());
  const gateway = await startWeighedGateway(emulator.url);
  onTestFinished(() => gateway.stop());
  const organizers: [string] = [emulator.tenant.users[0]?.id ?? ''];

  async function come(subscribers: number): Promise<Weight> {
    const crowd = await startCrowd();
    onTestFinished(() => crowd.stop());
    await crowd.arrive({ url: gateway.url, door, perConnection: 1, subscribers, organizers, selection: '' });
    return gateway.weigh();
  }

  return [await come(FEW), await come(MORE)];
}

it.each(['events', 'websocket'] as const)(
  'An idle subscriber over %s takes less than 21 KiB of the heap',
  async (door) => {
    const [before, after] = await grow(door);
    expect((after.heapBytes - before.heapBytes) / MORE / KIB).toBeLessThan(MOST_HEAP_KIB);
  },
);
