import { expect, it } from 'vitest';
import { createDrivenClock } from '../support/clock.ts';
import type { DrivenClock } from '../support/clock.ts';
import { at } from '../support/gateway.ts';
import { LISTEN, listen } from '../support/live.ts';
import { scrape, startCounting } from '../support/metrics.ts';
import { stallBy } from '../support/stalled.ts';

const STALLED = 10;
const SLOW_MS = 30_000;
/** An event of a hundred recordings has 1.5 MB here, and Linux buffers at most ten. There are 45 to send. */
const MOST_EVENTS = 15;

/** A clock that counts the senders that wait for a reader. */
function createCountingClock(): DrivenClock & { readonly stalled: () => number } {
  const clock = createDrivenClock();
  let stalled = 0;
  return {
    ...clock,
    stalled: () => stalled,
    after(delayMs, callback) {
      const cancel = clock.after(delayMs, callback);
      const change = delayMs === SLOW_MS ? 1 : 0;
      stalled += change;
      return () => {
        stalled -= change;
        cancel();
      };
    },
  };
}

it.each([
  ['events', 'sse', false],
  ['websocket', 'websocket', 1013],
] as const)(
  'Ten stalled subscribers over %s have no events made beyond the buffers, and each is cut and counted',
  async (door, label, end) => {
    const clock = createCountingClock();
    const gateway = await startCounting({ clock, tenant: { users: 1, meetings: 1, recordings: 2_000 } });
    const organizer = gateway.emulator.tenant.users[0]?.id ?? '';
    const stalled = Array.from({ length: STALLED }, () => stallBy[door](gateway.url, organizer));
    await expect.poll(clock.stalled, { timeout: 30_000 }).toBe(STALLED);

    const other = listen(LISTEN, { door: 'events', url: gateway.url, variables: { organizer, since: 'now' } });
    await other.next();
    const series = 'gateway_graphql_operations_total{outcome="ok",type="event"}';
    let heard = 1;
    for (let round = 0; round < 5; round += 1) {
      const last = Array.from({ length: 500 }, () => gateway.emulator.addRecording()).at(-1)?.id ?? '';
      clock.advance(2_000);
      let event;
      do {
        event = await other.next();
        heard += 1;
      } while (!JSON.stringify(at(event.data, 'callRecordingDelta')).includes(last));
    }
    // Of thousands of recordings, no events are made for them beyond what the system buffers for a connection.
    const made = ((await scrape(gateway.url)).get(series) ?? 0) - heard;
    expect(made / STALLED).toBeLessThan(MOST_EVENTS);

    clock.advance(SLOW_MS);
    const ends = await Promise.all(stalled.map((take) => take()));
    expect(ends).toEqual(Array.from({ length: STALLED }, () => end));
    expect((await scrape(gateway.url)).get(`gateway_listeners_cut_total{door="${label}"}`)).toBe(STALLED);
  },
);
