import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createEmulator } from '../src/emulator/emulator.ts';
import { at } from './support/gateway.ts';
import { startProcess } from './support/process.ts';

const MEBIBYTE = 1_024 * 1_024;

interface Setting {
  readonly url: string;
  /** The resident memory of the process in MiB. */
  memory(): number;
}

/** Starts a gateway process over an emulator whose recordings have this size, and queries the link of a recording. */
async function start(contentBytes: number): Promise<Setting> {
  const emulator = await createEmulator({
    tenant: { users: 1, meetings: 1, recordings: 0 },
    settings: { contentBytes },
  });
  onTestFinished(() => emulator.close());
  const gateway = await startProcess({ environment: { PORT: '0', GRAPH_BASE_URL: emulator.url, GRAPH_TOKEN: 'x' } });
  const { graphql } = await gateway.logged('listening');
  // A short recording, padded to that size.
  const recording = emulator.addRecording({
    createdDateTime: '2026-11-16T09:00:00.0000000Z',
    endDateTime: '2026-11-16T09:00:10.0000000Z',
  });
  const query = `query ($organizer: ID!, $meeting: ID!, $recording: ID!) {
    callRecording(meetingOrganizerId: $organizer, meetingId: $meeting, id: $recording) { content { url } }
  }`;
  const variables = { organizer: recording.organizerId, meeting: recording.meetingId, recording: recording.id };
  const response = await fetch(String(graphql), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const url = String(at(await response.json(), 'data.callRecording.content.url'));
  // Code is compiled and connections are opened before the measurement.
  for (let first = 0; first < 20; first += 1) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await (await fetch(url, { headers: { range: `bytes=${first}-99999` } })).arrayBuffer();
  }
  return {
    url,
    memory: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${gateway.pid}/status`, 'utf8'))?.[1]) / 1_024,
  };
}

/** Reads to the end, one event loop turn for each chunk. Returns the peak memory meanwhile. */
async function readSlowly(setting: Setting): Promise<{ bytes: number; memory: number }> {
  const [response]: IncomingMessage[] = await once(get(setting.url), 'response');
  let bytes = 0;
  let memory = 0;
  let looks = 0;
  for await (const piece of response ?? []) {
    bytes += Buffer.byteLength(piece);
    looks += 1;
    if (looks % 64 === 0) memory = Math.max(memory, setting.memory());
    await nextTurn();
  }
  return { bytes, memory };
}

describe.skipIf(process.platform !== 'linux')('The memory of the gateway, skipped where there is no /proc', () => {
  it('grows by less than 64 MiB while a viewer reads 2 GiB slowly', { timeout: 120_000 }, async () => {
    const setting = await start(2_048 * MEBIBYTE);
    const idle = setting.memory();
    const { bytes, memory } = await readSlowly(setting);
    expect(bytes).toBe(2_048 * MEBIBYTE);
    expect(memory - idle).toBeLessThan(64);
  });
});
