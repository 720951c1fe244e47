/**
 * The cost of subscribers of one process: memory for each, time from a recording at Graph until the last has received
 * it, and the gateway's processor time. The load on Graph must not depend on their number.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { createEmulator } from '../src/emulator/emulator.ts';
import type { Emulator } from '../src/emulator/emulator.ts';
import type { ServerProcess } from './child.ts';
import { nowUs } from './message.ts';
import type { Arrival } from './message.ts';
import { startCrowd, startGateway } from './process.ts';
import type { Crowd } from './process.ts';
import { median } from './table.ts';
import { readOpenFilesLimit } from './usage.ts';
import type { Usage } from './usage.ts';

/** Way: a kind of subscription, by transport, connection sharing and selection. */
export interface Way extends Pick<Arrival, 'door' | 'perConnection' | 'selection'> {
  readonly name: string;
  readonly organizers: number;
  /** The numbers of subscribers measured. */
  readonly counts: readonly number[];
}

const ALONE = { door: 'events', perConnection: 1, organizers: 1, selection: '' } as const;

const WAYS: readonly Way[] = [
  { ...ALONE, name: 'SSE', counts: [1, 100, 500, 1_000, 2_000] },
  { ...ALONE, name: 'WebSocket', door: 'websocket', counts: [100, 500, 1_000, 2_000] },
  {
    ...ALONE,
    name: 'WebSocket, 100 per connection',
    door: 'websocket',
    perConnection: 100,
    counts: [500, 2_000],
  },
  { ...ALONE, name: 'SSE, 50 organizers', organizers: 50, counts: [500, 2_000] },
  { ...ALONE, name: 'SSE, with the meeting', selection: 'meeting { subject }', counts: [500] },
];

/**
 * Settings of one group take turns, so they can be compared whatever other load the machine has. The last groups are
 * left out first where there is not enough time.
 */
const TOGETHER: readonly (readonly number[])[] = [[1, 100, 500], [2_000], [1_000]];
const REPEATS = 15;

export interface Measurement {
  readonly way: string;
  readonly subscribers: number;
  /** Before any subscriber, with all subscribers, and after all events. Null where it cannot be read. */
  readonly residentBytes: readonly [idle: number | null, arrived: number | null, heard: number | null];
  /** From a recording at Graph to its first and its last subscriber, each time. */
  readonly firstMs: readonly number[];
  readonly lastMs: readonly number[];
  /** Processor time of the gateway and of the crowd for each event. Null where it cannot be read. */
  readonly gatewayUs: number | null;
  readonly crowdUs: number | null;
  /** Requests of change tracking, their expected number, and all other requests. */
  readonly deltaRequests: number;
  readonly deltaRequestsExpected: number;
  readonly otherRequests: number;
}

/** Rounds of change tracking are at least a second apart. */
const GAP_MS = 1_100;
/** The time given to the garbage collector. */
const SETTLE_MS = 2_000;
const LOOK_MS = 200;
/** One for the initial state, and one for changes before Graph's subscription existed. */
const FIRST_ROUNDS = 2;
/** Open files reserved for other uses than subscribers. */
const OTHER_FILES = 100;

interface Setting {
  readonly way: Way;
  readonly subscribers: number;
  readonly emulator: Emulator;
  readonly gateway: ServerProcess;
  readonly crowd: Crowd;
  readonly organizers: readonly [string, ...string[]];
  readonly asked: { delta: number; other: number };
  readonly firstMs: number[];
  readonly lastMs: number[];
  lastAtMs: number;
}

async function start(way: Way, subscribers: number): Promise<Setting> {
  const { organizers: count } = way;
  const emulator = await createEmulator({ tenant: { users: count, meetings: count, recordings: count } });
  const [first = '', ...others] = emulator.tenant.users.map(({ id }) => id);
  const [gateway, crowd] = await Promise.all([startGateway(emulator.url), startCrowd()]);
  const nothing = { asked: { delta: 0, other: 0 }, firstMs: [], lastMs: [], lastAtMs: 0 };
  return { way, subscribers, emulator, gateway, crowd, organizers: [first, ...others], ...nothing };
}

async function stop({ emulator, gateway, crowd }: Setting): Promise<void> {
  await Promise.all([crowd.stop(), gateway.stop()]);
  await emulator.close();
}

/** Counts the requests to Graph. A part of a batch counts as a request. */
function countRequests({ emulator, asked }: Setting): void {
  const urls = emulator.requests.flatMap(({ url, parts }) => parts?.map((part) => part.url) ?? [url]);
  const delta = urls.filter((url) => url.includes('/delta')).length;
  asked.delta += delta;
  asked.other += urls.length - delta;
  emulator.clearRequests();
}

/** The median of the resident memory over a while. */
async function residentBytes({ gateway }: Setting, signal: AbortSignal): Promise<number | null> {
  const read: number[] = [];
  for (let leftMs = SETTLE_MS; leftMs > 0; leftMs -= LOOK_MS) {
    const usage = await gateway.usage();
    if (usage !== null) read.push(usage.residentBytes);
    await wait(LOOK_MS, undefined, { signal });
  }
  return median(read);
}

/** Waits for the first rounds of each organizer. After that only new recordings cause rounds. */
async function untilFollowed(setting: Setting, signal: AbortSignal): Promise<void> {
  for (let leftMs = 10 * GAP_MS; leftMs > 0; leftMs -= LOOK_MS) {
    countRequests(setting);
    if (setting.asked.delta >= FIRST_ROUNDS * setting.organizers.length) return;
    await wait(LOOK_MS, undefined, { signal });
  }
}

/** Adds a recording to each organizer at once, and notes when the first and the last subscriber received it. */
async function tellEverybody({ emulator, crowd, organizers, firstMs, lastMs }: Setting): Promise<void> {
  const meetings = new Map(emulator.tenant.meetings.map(({ id, organizerId }) => [organizerId, id]));
  const begunUs = nowUs();
  const added = organizers.map((organizer) => emulator.addRecording({ meetingId: meetings.get(organizer) ?? '' }));
  const heard = await Promise.all(added.map(({ id }) => crowd.heard(id)));
  firstMs.push((Math.min(...heard.map(({ firstUs }) => firstUs)) - begunUs) / 1_000);
  lastMs.push((Math.max(...heard.map(({ lastUs }) => lastUs)) - begunUs) / 1_000);
}

/** Adds recordings in each setting in turn, `REPEATS` times. */
async function tellInTurn(settings: readonly Setting[], signal: AbortSignal): Promise<void> {
  for (let repeat = 0; repeat < REPEATS; repeat += 1) {
    // The order rotates, so no setting is always the first.
    for (const setting of [
      ...settings.slice(repeat % settings.length),
      ...settings.slice(0, repeat % settings.length),
    ]) {
      await wait(Math.max(0, setting.lastAtMs + GAP_MS - Date.now()), undefined, { signal });
      setting.lastAtMs = Date.now();
      await tellEverybody(setting);
      countRequests(setting);
    }
  }
}

/** Processor time between two moments divided by a number of events, in microseconds. */
function perEvent(before: Usage | null | undefined, after: Usage | null | undefined, events: number): number | null {
  return before && after ? ((after.cpuMs - before.cpuMs) * 1_000) / events : null;
}

async function measure(settings: readonly Setting[], signal: AbortSignal): Promise<Measurement[]> {
  const inEach = <Value>(look: (setting: Setting) => Promise<Value>): Promise<Value[]> =>
    Promise.all(settings.map(look));
  const resident = (setting: Setting): Promise<number | null> => residentBytes(setting, signal);
  const usage = ({ gateway, crowd }: Setting): Promise<(Usage | null)[]> =>
    Promise.all([gateway.usage(), crowd.usage()]);

  const idle = await inEach(resident);
  for (const { way, subscribers, crowd, gateway, organizers } of settings)
    await crowd.arrive({ ...way, url: gateway.url, subscribers, organizers: [...organizers] });
  await inEach((setting) => untilFollowed(setting, signal));
  const arrived = await inEach(resident);
  const before = await inEach(usage);
  await tellInTurn(settings, signal);
  const after = await inEach(usage);
  const heard = await inEach(resident);
  return settings.map((setting, place) => {
    countRequests(setting);
    const { way, subscribers, organizers, asked, firstMs, lastMs } = setting;
    const computed = (of: 0 | 1): number | null =>
      perEvent(before[place]?.[of], after[place]?.[of], subscribers * REPEATS);
    return {
      way: way.name,
      subscribers,
      residentBytes: [idle[place] ?? null, arrived[place] ?? null, heard[place] ?? null],
      firstMs,
      lastMs,
      gatewayUs: computed(0),
      crowdUs: computed(1),
      deltaRequests: asked.delta,
      deltaRequestsExpected: organizers.length * (FIRST_ROUNDS + REPEATS),
      otherRequests: asked.other,
    };
  });
}

/** Measures with these numbers of subscribers, as far as the machine allows. Adds omissions to `leftOut`. */
async function measureTogether(
  counts: readonly number[],
  leftOut: string[],
  signal: AbortSignal,
): Promise<Measurement[]> {
  const mostFiles = (await readOpenFilesLimit()) ?? Infinity;
  const settings: Setting[] = [];
  try {
    for (const subscribers of counts) {
      for (const way of WAYS.filter((one) => one.counts.includes(subscribers))) {
        signal.throwIfAborted();
        if (subscribers / way.perConnection + OTHER_FILES <= mostFiles) settings.push(await start(way, subscribers));
        else {
          leftOut.push(
            `${way.name}, ${subscribers} subscribers: each connection needs an open file, and a process can open only ${mostFiles} here. Raise this limit with "ulimit -n".`,
          );
        }
      }
    }
    return await measure(settings, signal);
  } finally {
    await Promise.all(settings.map(stop));
  }
}

export interface Outcome {
  readonly measurements: readonly Measurement[];
  /** Omitted measurements with reasons, each in a sentence. */
  readonly leftOut: readonly string[];
}

/** Measures as much as possible until the signal aborts. Rejects when a subscriber is refused or cut off. */
export async function measureSubscribers(signal: AbortSignal): Promise<Outcome> {
  const measurements: Measurement[] = [];
  const leftOut: string[] = [];
  for (const counts of TOGETHER) {
    try {
      measurements.push(...(await measureTogether(counts, leftOut, signal)));
    } catch (error) {
      if (!signal.aborted) throw error;
      leftOut.push(`${counts.join(', ')} subscribers: the time was not sufficient.`);
    }
  }
  return { measurements, leftOut };
}
