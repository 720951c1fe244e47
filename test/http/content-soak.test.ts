import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { finished } from 'node:stream/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { startContent } from '../support/content.ts';

/** The heap in use after a garbage collection, in bytes. */
function heldMemory(): number {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect !== 'function') throw new Error('Expected the collector of V8.');
  Reflect.apply(collect, undefined, []);
  return process.memoryUsage().heapUsed;
}

/** The number of connections of this process: of client, gateway and emulator. */
function connections(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
}

/** Opens the link over a connection of its own. */
async function open(url: string, headers: Record<string, string> = {}, method = 'GET'): Promise<IncomingMessage> {
  const request = httpRequest(url, { method, headers, agent: false });
  // A client that leaves early gets an error.
  request.on('error', () => undefined).end();
  const [response]: IncomingMessage[] = await once(request, 'response');
  if (response === undefined) throw new Error('Expected a response.');
  return response.on('error', () => undefined);
}

/** Reads a response until it ends in any way. */
async function readAll(response: IncomingMessage): Promise<void> {
  await Promise.allSettled([finished(response.resume())]);
}

it('Content streams leave neither memory nor connections behind, however they end', { timeout: 120_000 }, async () => {
  // The test would keep the log in memory.
  const { gateway, url } = await startContent({ logLevel: 'silent' });
  const ways: readonly (() => Promise<void>)[] = [
    async () => readAll(await open(url)),
    async () => readAll(await open(url, { range: 'bytes=1000-' })),
    async () => readAll(await open(url, { range: 'bytes=0-9,5000-5009,-5' })),
    async () => readAll(await open(url, { range: 'bytes=99999999-' })),
    async () => readAll(await open(url, {}, 'HEAD')),
    async () => readAll(await open(`${url}x`)),
    async () => {
      // The client leaves in the middle.
      const response = await open(url);
      await once(response, 'readable');
      response.destroy();
    },
    async () => {
      // Graph breaks off, and the gateway continues if it can.
      gateway.emulator.fail({ kind: 'cut', match: { pathPattern: '.*/content' } });
      await readAll(await open(url));
    },
  ];
  const held: number[] = [];
  let most = 0;
  for (let round = 0; round < 12; round += 1) {
    for (let time = 0; time < 3; time += 1) await Promise.all([...ways, ...ways].map((way) => way()));
    // The pool of idle connections does not grow after the first rounds.
    if (round < 4) most = Math.max(most, connections());
    gateway.emulator.clearFaults();
    gateway.emulator.clearRequests();
    held.push(heldMemory());
  }
  // The first rounds still compile, and in one of them V8 frees its compiler's memory, so the median growth counts. A
  // leak would be twenty thousand bytes for each of the 48 streams of a round.
  const added = held.slice(3).map((bytes, index) => bytes - (held[index + 2] ?? 0));
  const [median = 0] = added.toSorted((a, b) => a - b).slice(added.length / 2);
  expect(median).toBeLessThan(400_000);
  expect(connections()).toBeLessThanOrEqual(most);
});
