/** One request by each transport of `/graphql`, and its first answer. */
import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { at } from './gateway.ts';
import type { GraphQLResponse } from './gateway.ts';

/** The transports of a request. */
export const DOORS = ['POST', 'GET', 'events', 'events by GET', 'websocket'] as const;
export type Door = (typeof DOORS)[number];

/** What a client sends: the document or its id, variables, extensions. */
export type Request = Readonly<Record<string, unknown>>;

function addressOf(url: string, request: Request): string {
  const texts = Object.entries(request).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  return `${url}/graphql?${new URLSearchParams(Object.fromEntries(texts))}`;
}

/** The first event with data, or the whole answer if it is not a stream of events. */
async function firstOf(response: Response): Promise<GraphQLResponse> {
  if (response.headers.get('content-type')?.startsWith('text/event-stream') !== true) return response.json();
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString();
    const [, data] = /^event: next\ndata: ([^\n]*)\n\n/m.exec(text) ?? [];
    if (data !== undefined) return JSON.parse(data);
  }
  throw new Error(`Expected an event, but ${text} came.`);
}

async function overWebSocket(url: string, request: Request): Promise<GraphQLResponse> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  onTestFinished(() => socket.terminate());
  await once(socket, 'open');
  const closed = once(socket, 'close').then(([code, reason]) => {
    throw new Error(`Expected an answer, but the connection was closed with ${code}: ${reason}`);
  });
  // After the answer, the close does not matter.
  closed.catch(() => {});
  const acknowledged = once(socket, 'message');
  socket.send('{"type":"connection_init"}');
  await Promise.race([acknowledged, closed]);
  const answered = once(socket, 'message');
  // The protocol requires a query, so a client with only an id sends an empty one.
  socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: '', ...request } }));
  const [text]: unknown[] = await Promise.race([answered, closed]);
  socket.terminate();
  const message: unknown = JSON.parse(String(text));
  const payload = at(message, 'payload');
  if (Array.isArray(payload)) return { errors: payload };
  return payload instanceof Object ? Object.fromEntries(Object.entries(payload)) : {};
}

/** Sends a request, and resolves with the first answer. */
export async function askBy(door: Door, url: string, request: Request): Promise<GraphQLResponse> {
  if (door === 'websocket') return overWebSocket(url, request);
  const accept = door.startsWith('events') ? 'text/event-stream' : 'application/graphql-response+json';
  if (door.endsWith('GET')) return firstOf(await fetch(addressOf(url, request), { headers: { accept } }));
  const headers = { accept, 'content-type': 'application/json' };
  return firstOf(await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify(request) }));
}
