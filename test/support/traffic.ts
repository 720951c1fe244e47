/** Callers that query and stream without a pause, and record failures. */
import { Agent, fetch } from 'undici';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import type { Recording } from './content.ts';

export interface Traffic {
  readonly counts: { queries: number; streams: number };
  /** The outcome of every operation that failed. */
  readonly failures: readonly string[];
  /** Resolves when all callers have their last answers. */
  stop(): Promise<void>;
}

/**
 * A connection that was idle for this long is not used again. It must be shorter than `DRAIN_DELAY_MS`, as by default
 * with 4 and 5 seconds: any request over a connection that is being closed is lost.
 */
const IDLE_MS = 300;

const ASKING = 3;
const WATCHING = 1;

const LIST = `query ($organizer: ID!) {
  callRecordings(meetingOrganizerId: $organizer, first: 5) { nodes { id meeting { subject } } }
}`;
const LINK = `query ($organizer: ID!, $meeting: ID!, $id: ID!) {
  callRecording(meetingOrganizerId: $organizer, meetingId: $meeting, id: $id) { content { url } }
}`;

const link = z.object({ data: z.object({ callRecording: z.object({ content: z.object({ url: z.string() }) }) }) });

/** Starts to query a gateway for the recordings of an organizer, and to stream one. */
export function startTraffic(url: string, { organizerId: organizer, meetingId: meeting, id }: Recording): Traffic {
  const counts = { queries: 0, streams: 0 };
  const failures: string[] = [];
  const stopped = new AbortController();
  const dispatcher = new Agent({ keepAliveTimeout: IDLE_MS, keepAliveMaxTimeout: IDLE_MS });
  onTestFinished(() => dispatcher.close());

  async function ask(query: string): Promise<unknown> {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      dispatcher,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables: { organizer, meeting, id } }),
    });
    const body = await response.text();
    if (response.status !== 200 || body.includes('"errors"')) failures.push(`${response.status}: ${body}`);
    return JSON.parse(body);
  }

  async function askForList(): Promise<void> {
    await ask(LIST);
    counts.queries += 1;
  }

  async function watch(): Promise<void> {
    const { data } = link.parse(await ask(LINK));
    const response = await fetch(data.callRecording.content.url, { dispatcher });
    const { byteLength } = await response.arrayBuffer();
    const expected = Number(response.headers.get('content-length'));
    if (response.status !== 200 || byteLength !== expected)
      failures.push(`A stream has ended with ${response.status} after ${byteLength} of ${expected} bytes.`);
    counts.streams += 1;
  }

  async function repeat(work: () => Promise<void>): Promise<void> {
    while (!stopped.signal.aborted) {
      try {
        await work();
      } catch (error) {
        const { cause } = error instanceof Error ? error : {};
        failures.push(cause instanceof Error ? `${String(error)}: ${cause.message}` : String(error));
      }
    }
  }

  const done = Promise.all([
    ...Array.from({ length: ASKING }, () => repeat(askForList)),
    ...Array.from({ length: WATCHING }, () => repeat(watch)),
  ]);
  return {
    counts,
    failures,
    async stop() {
      stopped.abort();
      await done;
    },
  };
}
