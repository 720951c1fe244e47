/** Sends answers over the wire, with the faults that occur there. */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from '../faults/faults.ts';
import type { GraphAnswer, GraphBody } from './exchange.ts';

/**
 * Writes an answer to the client, no faster than the client reads it, and applies the fault if it is one of the wire.
 * Resolves when the answer is sent; rejects with an AbortError when the client disconnects before that.
 */
export async function transmit(
  response: ServerResponse,
  answer: GraphAnswer,
  fault: Fault | undefined,
  signal: AbortSignal,
): Promise<void> {
  const kind = fault?.kind;
  const delayMs = fault?.delayMs ?? 10;
  if (kind === 'reset') {
    response.socket?.resetAndDestroy();
    return;
  }
  if (kind === 'slow') {
    await delay(delayMs, undefined, { signal });
  }
  const { sizeBytes, chunks } = streamOf(answer.body);
  const sentBytes = kind === 'cut' || kind === 'truncated' ? Math.floor(sizeBytes / 2) : sizeBytes;
  const length = kind === 'truncated' ? { 'Content-Length': String(sentBytes) } : {};
  response.writeHead(answer.status, { ...answer.headers, ...length });
  if (kind === 'trickle') {
    response.flushHeaders();
  }
  for (const piece of kind === 'trickle' ? bytesOf(chunks) : upTo(sentBytes, chunks)) {
    if (kind === 'trickle') {
      // oxlint-disable-next-line no-await-in-loop -- one byte after the other is the point
      await delay(delayMs, undefined, { signal });
    }
    if (!response.write(piece)) {
      // oxlint-disable-next-line no-await-in-loop -- nothing is to be produced before the client has read
      await once(response, 'drain', { signal });
    }
  }
  if (kind === 'cut') {
    response.write('', () => response.socket?.destroy());
    return;
  }
  response.end();
}

function streamOf(body: GraphBody | undefined): { readonly sizeBytes: number; readonly chunks: Iterable<Buffer> } {
  if (body?.kind === 'bytes') {
    return { sizeBytes: body.sizeBytes, chunks: body.chunks() };
  }
  const text = body?.kind === 'json' ? JSON.stringify(body.value) : (body?.text ?? '');
  const whole = Buffer.from(text);
  return { sizeBytes: whole.length, chunks: whole.length === 0 ? [] : [whole] };
}

function* upTo(limitBytes: number, chunks: Iterable<Buffer>): Iterable<Buffer> {
  let left = limitBytes;
  for (const chunk of chunks) {
    if (left <= 0) {
      return;
    }
    yield chunk.subarray(0, left);
    left -= chunk.length;
  }
}

function* bytesOf(chunks: Iterable<Buffer>): Iterable<Buffer> {
  for (const chunk of chunks) {
    for (let place = 0; place < chunk.length; place += 1) {
      yield chunk.subarray(place, place + 1);
    }
  }
}
