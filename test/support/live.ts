/** Subscribing to a gateway over Server-Sent Events or WebSocket, each with the client of the protocol's authors. */
import { createClient as createEventsClient } from 'graphql-sse';
import { createClient as createWebSocketClient } from 'graphql-ws';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { at, listAt } from './gateway.ts';
import type { GraphQLResponse } from './gateway.ts';

/** The transport of a subscription. */
export type Door = 'events' | 'websocket';

export interface Listening {
  /** The next event. Rejects when there are no more. */
  next(): Promise<GraphQLResponse>;
  /** Resolves when the stream is complete, with the events that `next` has not returned. */
  rest(): Promise<GraphQLResponse[]>;
  /** Leaves, and resolves when that is done. */
  leave(): Promise<void>;
}

export interface ListenOptions {
  readonly door: Door;
  readonly url: string;
  readonly variables?: Record<string, unknown>;
  /** Sent as the header, or in the first message of the WebSocket. */
  readonly authorization?: string;
}

function iterate(
  document: string,
  { door, url, variables = {}, authorization }: ListenOptions,
): AsyncIterableIterator<unknown> {
  const operation = { query: document, variables };
  const given = authorization === undefined ? {} : { authorization };
  if (door === 'events') {
    const client = createEventsClient({ url: `${url}/graphql`, headers: given, retryAttempts: 0 });
    onTestFinished(() => client.dispose());
    return client.iterate(operation);
  }
  const client = createWebSocketClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: given,
    retryAttempts: 0,
  });
  onTestFinished(async () => client.dispose());
  return client.iterate(operation);
}

/** Subscribes, and leaves at the latest when the test is over. */
export function listen(document: string, options: ListenOptions): Listening {
  const events = iterate(document, options);
  async function next(): Promise<GraphQLResponse | null> {
    try {
      const { done, value } = await events.next();
      return done === true || !(value instanceof Object) ? null : Object.fromEntries(Object.entries(value));
    } catch (refusal) {
      // Over WebSocket an invalid operation is refused in a message of its own, which the client throws.
      if (Array.isArray(refusal)) return { errors: refusal };
      throw refusal;
    }
  }
  async function leave(): Promise<void> {
    await events.return?.();
  }
  onTestFinished(leave);
  return {
    leave,
    async next() {
      const event = await next();
      if (event === null) throw new Error('Expected another event, but there are no more.');
      return event;
    },
    async rest() {
      const rest: GraphQLResponse[] = [];
      for (let event = await next(); event !== null; event = await next()) rest.push(event);
      return rest;
    },
  };
}

/** The `callRecordingDelta` of one answer or event of the feed. */
export interface ReadDelta {
  readonly ids: unknown[];
  readonly token: string;
  readonly behind: unknown;
  readonly resync: unknown;
  readonly hasMore: unknown;
}

/** Reads an answer or an event of the feed. Throws if it has errors. */
export function readDelta({ data, errors }: GraphQLResponse): ReadDelta {
  if (errors !== undefined) throw new Error(`Expected no errors, but ${JSON.stringify(errors)} came.`);
  const delta = at(data, 'callRecordingDelta');
  return {
    ids: listAt(delta, 'added').map((recording) => at(recording, 'id')),
    token: String(at(delta, 'token')),
    behind: at(delta, 'behind'),
    resync: at(delta, 'resync'),
    hasMore: at(delta, 'hasMore'),
  };
}

const FIELDS = '{ added { id } token behind resync hasMore }';

export const ASK = `query ($organizer: ID!, $since: String, $resync: Boolean) {
  callRecordingDelta(meetingOrganizerId: $organizer, since: $since, resync: $resync) ${FIELDS}
}`;

export const LISTEN = `subscription ($organizer: ID!, $since: String) {
  callRecordingDelta(meetingOrganizerId: $organizer, since: $since) ${FIELDS}
}`;
