/** The memory that stalled subscribers take in a gateway that is a process of its own. */
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
/** An event of a hundred recordings has 1.5 MB here, and each has 20 due: without backpressure, that is over 150 MB. */
const MOST_MB = 50;
/** The least that one waiting event for each of them takes. */
const LEAST_MB = 12;

const live = ({ heapBytes, externalBytes }: Weight): number => heapBytes + externalBytes;

it.each([
  ['events', 'sse'],
  ['websocket', 'websocket'],
] as const)(
  'Ten stalled subscribers over %s take less than 50 MB while 2,000 recordings are sent',
  async (door, label) => {
    const emulator = await createEmulator({ tenant: { users: 1, meetings: 1, recordings: 1_000 } });
    onTestFinished(() => emulator.close());
    const gateway = await startWeighedGateway(emulator.url, { DELTA_INTERVAL_MS: '100' });
    onTestFinished(() => gateway.stop());
    const organizer = emulator.tenant.users[0]?.id ?? '';
    const other = listen(LISTEN, { door: 'events', url: gateway.url, variables: { organizer, since: 'now' } });
    await other.next();

    /** Adds recordings, and resolves when the subscriber that does read has received the last. */
    async function tell(): Promise<void> {
      const last = Array.from({ length: 250 }, () => emulator.addRecording()).at(-1)?.id ?? '';
      for (;;) {
        // oxlint-disable-next-line no-await-in-loop -- one event after the other
        const { data } = await other.next();
        if (JSON.stringify(at(data, 'callRecordingDelta')).includes(last)) return;
      }
    }

    /** Subscribes as the ten do, reads everything there is, and leaves. */
    async function take(): Promise<void> {
      const listening = listen(LISTEN_TO_MUCH, { door, url: gateway.url, variables: { organizer } });
      for (;;) {
        // oxlint-disable-next-line no-await-in-loop -- one event after the other
        const { data } = await listening.next();
        if (at(data, 'callRecordingDelta.hasMore') === false) break;
      }
      await listening.leave();
    }

    // The memory of the feed, and of making events for ten, is allocated before.
    await tell();
    await Promise.all(Array.from({ length: STALLED }, take));
    const before = await gateway.weigh();
    for (let count = 0; count < STALLED; count += 1) stallBy[door](gateway.url, organizer);
    const listening = STALLED + (label === 'sse' ? 1 : 0);
    await scrapeUntil(gateway.url, `gateway_subscriptions_open{door="${label}"}`, listening);
    const weights: Weight[] = [];
    const grown = (of: (weight: Weight) => number): number => (Math.max(...weights.map(of)) - of(before)) / MB;
    // Each has one event waiting in the end, but some may be late.
    for (let round = 0; round < ROUNDS || grown(live) < LEAST_MB; round += 1) {
      // oxlint-disable-next-line no-await-in-loop -- one round after the other
      await tell();
      // oxlint-disable-next-line no-await-in-loop -- nothing is told meanwhile
      const weight = await gateway.weigh();
      // A subscriber cut by now, on a slow machine, takes none.
      // oxlint-disable-next-line no-await-in-loop -- what was weighed
      if ((await scrape(gateway.url)).get(`gateway_listeners_cut_total{door="${label}"}`) !== 0) break;
      weights.push(weight);
    }
    expect(grown(live)).toBeGreaterThan(LEAST_MB);
    expect(grown(live)).toBeLessThan(MOST_MB);
    expect(grown(({ residentBytes }) => residentBytes)).toBeLessThan(MOST_MB);
  },
);
