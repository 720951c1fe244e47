import { expect, it, onTestFinished } from 'vitest';
import type { Weight } from '../../bench/message.ts';
import { startCrowd, startWeighedGateway } from '../../bench/process.ts';
import { createEmulator } from '../../src/emulator/emulator.ts';
import { startCallbackRouter } from '../support/callback-router.ts';
import { LISTEN, listen } from '../support/live.ts';

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

/** Nearly as many lists as a request may have, about half a mebibyte of heap. */
const UNDECLARED = Array.from({ length: 9_000 }, () => []);
/** Enough for the text of a request, and not for its parsed value. */
const MOST_HEAP_WITH_TEXT_KIB = 150;
const LISTENERS = 20;

it.each(['events', 'websocket', 'callback'] as const)(
  'A subscription over %s keeps no variables that its operation does not declare',
  async (door) => {
    const emulator = await createEmulator({ tenant: { users: 1, meetings: 1, recordings: 1 } });
    onTestFinished(() => emulator.close());
    const router = await startCallbackRouter();
    const { url, weigh, stop } = await startWeighedGateway(emulator.url, {
      SUBSCRIPTION_CALLBACK_URLS: router.callbackUrl,
    });
    onTestFinished(stop);

    async function come(): Promise<void> {
      const variables = { organizer: emulator.tenant.users[0]?.id, undeclared: UNDECLARED };
      if (door !== 'callback') return void (await listen(LISTEN, { door, url, variables }).next());
      const extensions = { subscription: router.subscription() };
      const { status } = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json;callbackSpec=1.0' },
        body: JSON.stringify({ query: LISTEN, variables, extensions }),
      });
      expect(status).toBe(200);
    }

    await come();
    const before = await weigh();
    await Promise.all(Array.from({ length: LISTENERS }, come));
    const after = await weigh();
    expect((after.heapBytes - before.heapBytes) / LISTENERS / KIB).toBeLessThan(MOST_HEAP_WITH_TEXT_KIB);
  },
);
