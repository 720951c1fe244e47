import { once } from 'node:events';
import { get } from 'node:http';
import { expect, it, vi } from 'vitest';
import type { Emulator } from '../../src/emulator/emulator.ts';
import { send, startEmulator } from './graph-client.ts';

const size = { users: 1, meetings: 1, recordings: 0 };

/** Adds a recording of ten seconds, and returns the path of its content. */
function addShort(emulator: Emulator): string {
  const { id, meetingId, organizerId } = emulator.addRecording({
    createdDateTime: '2026-11-16T09:00:00.0000000Z',
    endDateTime: '2026-11-16T09:00:10.0000000Z',
  });
  return `/v1.0/users/${organizerId}/onlineMeetings/${meetingId}/recordings/${encodeURIComponent(id)}/content`;
}

async function bytes(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Buffer> {
  const response = await fetch(url, { headers: { authorization: 'Bearer any-word', ...headers } });
  return Buffer.from(await response.arrayBuffer());
}

it('returns the whole video', async () => {
  const emulator = await startEmulator({ tenant: size });
  const path = addShort(emulator);
  const { headers, status } = await send(emulator, path);
  const video = await bytes(emulator.url + path);
  expect(status).toBe(200);
  expect(headers).toMatchObject({
    'content-type': 'video/mp4',
    'content-length': String(video.length),
    'accept-ranges': 'bytes',
  });
  expect(video.subarray(4, 8).toString()).toBe('ftyp');
});

it.each([
  ['bytes=0-9', 0, 10],
  ['bytes=100-', 100, undefined],
  ['bytes=-7', -7, undefined],
  ['bytes=50-999999999', 50, undefined],
])('returns the bytes of the range %s', async (range, start, end) => {
  const emulator = await startEmulator({ tenant: size });
  const path = addShort(emulator);
  const whole = await bytes(emulator.url + path);
  const { headers, status } = await send(emulator, path, { headers: { range } });
  const expected = whole.subarray(start, end);
  const first = start < 0 ? whole.length + start : start;
  expect(status).toBe(206);
  expect(headers['content-range']).toBe(`bytes ${first}-${first + expected.length - 1}/${whole.length}`);
  expect((await bytes(emulator.url + path, { range })).equals(expected)).toBe(true);
});

it.each(['bytes=0-1,4-5', 'lines=0-9', 'bytes=9-3', 'bytes=-', 'nonsense'])(
  'ignores the range %s and returns the whole video',
  async (range) => {
    const emulator = await startEmulator({ tenant: size });
    expect((await send(emulator, addShort(emulator), { headers: { range } })).status).toBe(200);
  },
);

it.each(['bytes=999999999-', 'bytes=-0'])('answers 416 to the range %s', async (range) => {
  const emulator = await startEmulator({ tenant: size });
  const reply = await send(emulator, addShort(emulator), { headers: { range } });
  expect(reply).toMatchObject({ status: 416, body: { error: { code: 'InvalidRange' } } });
  expect(reply.headers['content-range']).toMatch(/^bytes \*\/\d+$/);
});

it('ignores ranges when they are switched off', async () => {
  const emulator = await startEmulator({ tenant: size, settings: { ranges: false } });
  const { headers, status } = await send(emulator, addShort(emulator), { headers: { range: 'bytes=0-9' } });
  expect(status).toBe(200);
  expect(headers['accept-ranges']).toBeUndefined();
});

it('redirects, when configured, to another origin that refuses the token', async () => {
  const emulator = await startEmulator({ tenant: size, settings: { contentRedirect: true } });
  const path = addShort(emulator);
  const { headers, status } = await send(emulator, path);
  const location = headers['location'] ?? '';
  expect(status).toBe(302);
  expect(new URL(location).origin).not.toBe(emulator.url);
  expect((await send(emulator, location, { authorization: '' })).headers['content-type']).toBe('video/mp4');
  expect((await send(emulator, location, { authorization: '', headers: { range: 'bytes=0-9' } })).status).toBe(206);
  expect((await send(emulator, location)).status).toBe(400);
  expect((await send(emulator, `${location.slice(0, -1)}x`, { authorization: '' })).status).toBe(404);
  expect(emulator.requests.map(({ host }) => host)).toEqual(['graph', 'content', 'content', 'content', 'content']);
});

it('makes videos of the configured size, and stops when the client disconnects', async () => {
  const emulator = await startEmulator({ tenant: size, settings: { contentBytes: 3_000_000_000 } });
  const path = addShort(emulator);
  const request = get(emulator.url + path, { headers: { authorization: 'Bearer any-word' } });
  const [response] = await once(request, 'response');
  expect(response.headers['content-length']).toBe('3000000000');
  const closed = once(response, 'close');
  response.once('error', () => undefined);
  response.destroy();
  await closed;
  await vi.waitFor(() => expect(emulator.requests[0]).toMatchObject({ status: 200, aborted: true }));
  const tail = await send(emulator, path, { headers: { range: 'bytes=2999999998-' } });
  expect(tail.headers['content-range']).toBe('bytes 2999999998-2999999999/3000000000');
});
