/** The load of a soak: queries, subscriptions, video streams, and faults of Graph. */
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import type { Emulator } from '../src/emulator/emulator.ts';
import { startSubscriber } from '../test/support/subscriber.ts';
import type { Subscriber } from '../test/support/subscriber.ts';

/** The results since the last call of `take`. */
export interface Taken {
  readonly latenciesMs: readonly number[];
  /** How many queries got partial answers, because Graph failed. */
  readonly inPart: number;
  readonly streams: number;
}

export interface Load {
  take(): Taken;
  /** Failures that must not happen, whatever Graph does. */
  readonly failures: readonly string[];
  readonly counts: { queries: number; streams: number; recordings: number; faults: number; arrivals: number };
  /** Ends it, and resolves with the number of final subscribers and how many of them had gaps or duplicates. */
  stop(): Promise<{ readonly listened: number; readonly misheard: number }>;
}

const QUERY_PAUSE_MS = 60;
const STREAM_PAUSE_MS = 700;
const RECORDING_PAUSE_MS = 4_000;
const FAULT_PAUSE_MS = 3_000;
const ASKING = 4;
const STAYING = 30;
const TOLD = 2;

const LIST = `query ($organizer: ID!) {
  callRecordings(meetingOrganizerId: $organizer, first: 20) {
    nodes { id createdDateTime meeting { subject } meetingOrganizer { user { displayName } } }
  }
}`;
const LINK = `query ($organizer: ID!, $meeting: ID!, $id: ID!) {
  callRecording(meetingOrganizerId: $organizer, meetingId: $meeting, id: $id) { content { url } }
}`;

const answer = z.object({ data: z.unknown(), errors: z.array(z.unknown()).optional() });
const link = z.object({ data: z.object({ callRecording: z.object({ content: z.object({ url: z.string() }) }) }) });

type MakeFail = (emulator: Emulator) => void;
const FAULTS: readonly MakeFail[] = [
  (emulator) => emulator.fail({ kind: 'status', status: 503, times: 2 }),
  (emulator) => emulator.fail({ kind: 'status', status: 429, retryAfterSeconds: 1 }),
  (emulator) => emulator.fail({ kind: 'reset' }),
  (emulator) => emulator.fail({ kind: 'cut' }),
  (emulator) => emulator.fail({ kind: 'truncated' }),
  (emulator) => emulator.fail({ kind: 'html' }),
  (emulator) => emulator.fail({ kind: 'slow', delayMs: 500 }),
  (emulator) => emulator.fail({ kind: 'emptyPage', match: { path: '/delta' } }),
  (emulator) => emulator.expireDeltaTokens(),
];

/** Starts the load on the gateway at an origin. */
export function startLoad(url: string, emulator: Emulator): Load {
  const stopped = new AbortController();
  const { signal } = stopped;
  const { users, meetings } = emulator.tenant;
  // Organizers that get new recordings are not queried for lists, so the queried lists stay the same.
  const told = users.slice(0, TOLD).map(({ id }) => id);
  const asked = users.slice(TOLD).map(({ id }) => id);
  const growing = meetings.filter(({ organizerId }) => told.includes(organizerId));
  const watched = [...emulator.tenant.recordings];
  const failures: string[] = [];
  const counts = { queries: 0, streams: 0, recordings: 0, faults: 0, arrivals: 0 };
  let latenciesMs: number[] = [];
  let [inPart, streams] = [0, 0];

  async function ask(query: string, variables: Readonly<Record<string, unknown>>): Promise<unknown> {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    if (response.status !== 200) failures.push(`The gateway responded to a query with status ${response.status}.`);
    return response.json();
  }

  /** Repeats work until the load ends. */
  async function repeat(pauseMs: number, work: (turn: number) => Promise<void> | void): Promise<void> {
    for (let turn = 0; !signal.aborted; turn += 1) {
      await work(turn);
      await wait(pauseMs);
    }
  }

  async function askForList(turn: number): Promise<void> {
    const begunMs = performance.now();
    const { errors } = answer.parse(await ask(LIST, { organizer: asked[turn % asked.length] }));
    latenciesMs.push(performance.now() - begunMs);
    counts.queries += 1;
    if (errors !== undefined) inPart += 1;
  }

  async function watch(turn: number): Promise<void> {
    const recording = watched[turn % watched.length];
    if (recording === undefined) return;
    const { organizerId: organizer, meetingId: meeting, id } = recording;
    const { data } = link.safeParse(await ask(LINK, { organizer, meeting, id }));
    // Graph may have failed for it; the query has reported that.
    if (data === undefined) return;
    const response = await fetch(data.data.callRecording.content.url, { headers: { range: 'bytes=0-262143' } });
    // If Graph breaks off, the video breaks off too. A player would request it again.
    await Promise.allSettled([response.arrayBuffer()]);
    counts.streams += 1;
    streams += 1;
  }

  const listening = (organizer: string | undefined): Subscriber => startSubscriber(organizer ?? '', () => url);
  const staying = Array.from({ length: STAYING }, (_, index) => {
    const organizer = told[index % told.length] ?? '';
    return { organizer, subscriber: listening(organizer) };
  });

  async function comeAndGo(turn: number): Promise<void> {
    const passing = listening(told[turn % told.length]);
    await wait(QUERY_PAUSE_MS);
    await passing.stop();
    counts.arrivals += 1;
  }

  const done = Promise.all([
    ...Array.from({ length: ASKING }, () => repeat(QUERY_PAUSE_MS, askForList)),
    repeat(STREAM_PAUSE_MS, watch),
    repeat(STREAM_PAUSE_MS, comeAndGo),
    repeat(RECORDING_PAUSE_MS, (turn) => {
      emulator.addRecording({ meetingId: growing[turn % growing.length]?.id ?? '' });
      emulator.clearRequests();
      counts.recordings += 1;
    }),
    repeat(FAULT_PAUSE_MS, (turn) => {
      FAULTS[turn % FAULTS.length]?.(emulator);
      counts.faults += 1;
    }),
  ]);
  done.catch((error: unknown) => failures.push(String(error)));

  return {
    failures,
    counts,
    take() {
      const taken = { latenciesMs, inPart, streams };
      [latenciesMs, inPart, streams] = [[], 0, 0];
      return taken;
    },
    async stop() {
      stopped.abort();
      await Promise.allSettled([done]);
      emulator.clearFaults();
      let misheard = 0;
      for (const { organizer, subscriber } of staying) {
        const all = emulator.tenant.recordingsOfOrganizer(organizer).map(({ id }) => id);
        await Promise.race([subscriber.has(all.at(-1) ?? ''), wait(RECORDING_PAUSE_MS * 10)]);
        if (subscriber.heard.join() !== all.join()) misheard += 1;
        await subscriber.stop();
      }
      return { listened: staying.length, misheard };
    },
  };
}
