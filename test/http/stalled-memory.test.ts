/** What those cost who listen and take nothing, in the memory of a gateway that is a process of its own. */
import { expect, it, onTestFinished } from 'vitest';
import type { Weight } from '../../bench/message.ts';
import { startWeighedGateway } from '../../bench/process.ts';
import { createEmulator } from '../../src/emulator/emulator.ts';
import { at } from '../support/gateway.ts';
import { LISTEN, listen } from '../support/live.ts';
import { scrape, scrapeUntil } from '../support/metrics.ts';
import { LISTEN_TO_MUCH, stallBy } from '../support/stalled.ts';

const STALLED = 10;
const ROUNDS = 3;
const MB = 1_000_000;
/** An event of a hundred recordings has 1.5 MB here, and there are 20 to tell each: where nobody waits it is more than 150. */
const MOST_MB = 50;
/** So much wait at least, when each of them has one. */
const LEAST_MB = 12;

const live = ({ heapBytes, externalBytes }: Weight): number => heapBytes + externalBytes;

it.each([
  ['events', 'sse'],
  ['websocket', 'websocket'],
] as const)(
  'Ten who take nothing over %s while 2,000 recordings are told take less than 50 MB',
  async (door, label) => {
    const emulator = await createEmulator({ tenant: { users: 1, meetings: 1, recordings: 1_000 } });
    onTestFinished(() => emulator.close());
    const gateway = await startWeighedGateway(emulator.url, { DELTA_INTERVAL_MS: '100' });
    onTestFinished(() => gateway.stop());
    const organizer = emulator.tenant.users[0]?.id ?? '';
    const other = listen(LISTEN, { door: 'events', url: gateway.url, variables: { organizer, since: 'now' } });
    await other.next();

    /** Adds recordings, and resolves when the one who takes what they are told has been told of the last. */
    async function tell(): Promise<void> {
      const last = Array.from({ length: 250 }, () => emulator.addRecording()).at(-1)?.id ?? '';
      for (;;) {
        // oxlint-disable-next-line no-await-in-loop -- one event after the other
        const { data } = await other.next();
        if (JSON.stringify(at(data, 'callRecordingDelta')).includes(last)) return;
      }
    }

    /** Listens as the ten do, takes everything that there is, and leaves. */
    async function take(): Promise<void> {
      const listening = listen(LISTEN_TO_MUCH, { door, url: gateway.url, variables: { organizer } });
      for (;;) {
        // oxlint-disable-next-line no-await-in-loop -- one event after the other
        const { data } = await listening.next();
        if (at(data, 'callRecordingDelta.hasMore') === false) break;
      }
      await listening.leave();
    }

    // What the feed takes is there before, and what is left of making events for ten.
    await tell();
    await Promise.all(Array.from({ length: STALLED }, take));
    const before = await gateway.weigh();
    for (let count = 0; count < STALLED; count += 1) stallBy[door](gateway.url, organizer);
    const listening = STALLED + (label === 'sse' ? 1 : 0);
    await scrapeUntil(gateway.url, `gateway_subscriptions_open{door="${label}"}`, listening);
    const weights: Weight[] = [];
    const grown = (of: (weight: Weight) => number): number => (Math.max(...weights.map(of)) - of(before)) / MB;
    // Each has one event waiting in the end, which one of them may be late to have.
    for (let round = 0; round < ROUNDS || grown(live) < LEAST_MB; round += 1) {
      // oxlint-disable-next-line no-await-in-loop -- one round after the other
      await tell();
      // oxlint-disable-next-line no-await-in-loop -- nothing is told meanwhile
      const weight = await gateway.weigh();
      // Whoever has been cut by now, on a slow machine, weighs nothing.
      // oxlint-disable-next-line no-await-in-loop -- what was weighed
      if ((await scrape(gateway.url)).get(`gateway_listeners_cut_total{door="${label}"}`) !== 0) break;
      weights.push(weight);
    }
    expect(grown(live)).toBeGreaterThan(LEAST_MB);
    expect(grown(live)).toBeLessThan(MOST_MB);
    expect(grown(({ residentBytes }) => residentBytes)).toBeLessThan(MOST_MB);
  },
);
