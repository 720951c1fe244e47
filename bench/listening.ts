/** Subscribing with as little work as possible, so that the gateway is measured and not the clients. */
import { request } from 'node:http';
import { WebSocket } from 'ws';
import { z } from 'zod';
import type { Arrival } from './message.ts';

interface ListenOptions {
  readonly url: string;
  /** The operation of each subscriber of this connection. */
  readonly operations: readonly { readonly query: string; readonly variables: Readonly<Record<string, unknown>> }[];
  /** Called with each event: its subscriber, and the ids of its recordings. */
  readonly onEvent: (place: number, recordings: readonly string[]) => void;
  /** Called once with the reason why the events end. */
  readonly onEnd: (reason: string) => void;
}

const delta = z.object({
  data: z.object({ callRecordingDelta: z.object({ added: z.array(z.object({ id: z.string() })) }) }),
});

function recordingsOf(result: unknown): string[] {
  const { data, success } = delta.safeParse(result);
  // Nothing is made to fail here, so an error ends the benchmark.
  if (!success) throw new Error(`Expected an event without errors, but received ${JSON.stringify(result)}.`);
  return data.data.callRecordingDelta.added.map(({ id }) => id);
}

/** https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md#distinct-connections-mode */
function listenToEvents({ url, operations, onEvent, onEnd }: ListenOptions): void {
  const asked = request(`${url}/graphql`, {
    method: 'POST',
    agent: false,
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
  });
  let unread = '';
  asked.on('error', (error) => onEnd(error.message));
  asked.on('response', (response) => {
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => {
      const frames = `${unread}${chunk}`.split('\n\n');
      unread = frames.pop() ?? '';
      for (const frame of frames) {
        const [, text] = /^event: next\ndata: (.*)$/.exec(frame) ?? [];
        if (text !== undefined) onEvent(0, recordingsOf(JSON.parse(text)));
      }
    });
    response.on('close', () => onEnd(`the gateway ended a response with status ${response.statusCode}: ${unread}`));
  });
  asked.end(JSON.stringify(operations[0]));
}

const message = z.discriminatedUnion('type', [
  z.object({ type: z.literal('connection_ack') }),
  z.object({ type: z.literal('ping') }),
  z.object({ type: z.literal('next'), id: z.string(), payload: z.unknown() }),
]);

/** https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md */
function listenToWebSocket({ url, operations, onEvent, onEnd }: ListenOptions): void {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  const send = (value: unknown): void => socket.send(JSON.stringify(value));
  socket.on('error', (error) => onEnd(error.message));
  socket.on('close', (code, reason) => onEnd(`the gateway closed a WebSocket with ${code} ${reason.toString()}`));
  socket.on('open', () => send({ type: 'connection_init' }));
  socket.on('message', (data: Buffer) => {
    const said = message.parse(JSON.parse(data.toString()));
    if (said.type === 'ping') send({ type: 'pong' });
    else if (said.type === 'next') onEvent(Number(said.id), recordingsOf(said.payload));
    else for (const [id, payload] of operations.entries()) send({ type: 'subscribe', id: String(id), payload });
  });
}

/** Opens one connection. A Server-Sent Events connection carries one operation. */
export const listenBy: Readonly<Record<Arrival['door'], (options: ListenOptions) => void>> = {
  events: listenToEvents,
  websocket: listenToWebSocket,
};
