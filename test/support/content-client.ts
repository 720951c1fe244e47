/** A content client over a Graph with prescribed answers. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createGate } from '../../src/msgraph/admission/gate.ts';
import { createContentClient } from '../../src/msgraph/content/content-client.ts';
import type { ContentClient, ContentClientOptions } from '../../src/msgraph/content/content-client.ts';
import { fixedToken } from '../../src/msgraph/credentials/token.ts';
import { createOperation } from '../../src/msgraph/operation.ts';
import type { Operation } from '../../src/msgraph/operation.ts';
import { createRetryBudget } from '../../src/msgraph/retry.ts';
import { createDrivenClock } from './clock.ts';
import type { DrivenClock } from './clock.ts';
import { createCount } from './count.ts';
import { createTestDownloads, startServer } from './server.ts';

/** An answer of Graph. */
export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Whether the body never ends. */
  readonly isEndless?: boolean;
  /** What the body waits for once the head is sent; nothing when left out. */
  readonly bodyAfter?: () => Promise<unknown>;
}

/** `silence` is no answer at all, `reset` a connection that breaks. */
export type Reaction = Answer | 'silence' | 'reset';

export interface TestContentClient {
  readonly client: ContentClient;
  readonly clock: DrivenClock;
  /** The outcome of each request. */
  readonly outcomes: readonly (number | string)[];
  /** The range and the token of each request to Graph. */
  readonly asked: readonly (readonly [range: string | undefined, authorization: string | undefined])[];
  /** The number of connections that these requests used. */
  readonly connections: () => number;
  /** Resolves when Graph has received `count` requests. */
  readonly arrived: (count: number) => Promise<void>;
  /** Resolves when the headers of `count` answers have arrived. */
  readonly answered: (count: number) => Promise<void>;
  /** Resolves when `count` answers have been aborted. */
  readonly broken: (count: number) => Promise<void>;
  /** An operation that may take ten seconds. */
  readonly operation: (graphRequests?: number) => Operation;
}

function react(response: ServerResponse, reaction: Reaction): void {
  if (reaction === 'silence') return;
  if (reaction === 'reset') {
    response.socket?.resetAndDestroy();
    return;
  }
  const { status = 200, headers = { 'content-type': 'video/mp4' }, body = '', isEndless = false, bodyAfter } = reaction;
  response.statusCode = status;
  response.setHeaders(new Map(Object.entries(headers)));
  if (bodyAfter !== undefined) {
    response.flushHeaders();
    void bodyAfter().then(() => response.end(body));
  } else if (!isEndless) response.end(body);
  else if (body === '') response.flushHeaders();
  else response.write(body);
}

/** Starts a Graph that reacts so in turn, repeating the last, and a client whose clock stands still. */
export async function startContentClient(
  reactions: readonly Reaction[],
  options: Partial<ContentClientOptions> = {},
): Promise<TestContentClient> {
  const asked: [string | undefined, string | undefined][] = [];
  const sockets = new Set<unknown>();
  const outcomes: (number | string)[] = [];
  const [arrivals, answers, breaks] = [createCount(), createCount(), createCount()];
  const origin = await startServer((request: IncomingMessage, response) => {
    const { range, authorization } = request.headers;
    asked.push([range, authorization]);
    sockets.add(request.socket);
    response.once('close', () => {
      if (!response.writableFinished) breaks.add();
    });
    const reaction = reactions[asked.length - 1] ?? reactions.at(-1) ?? 'silence';
    react(response, reaction);
    arrivals.add();
  });
  const clock = createDrivenClock();
  const streams = createTestDownloads(origin);
  const client = createContentClient({
    streams: {
      ...streams,
      async open(request) {
        const download = await streams.open(request);
        answers.add();
        return download;
      },
    },
    descriptions: createTestDownloads(origin, { connections: 1 }),
    getToken: fixedToken('a-marked-token'),
    isOnBehalfOf: false,
    gate: createGate({ clock, mostRequests: 8 }),
    retryBudget: createRetryBudget(),
    clock,
    random: () => 1,
    onExchange: ({ outcome }) => outcomes.push(outcome),
    ...options,
  });
  return {
    client,
    clock,
    outcomes,
    asked,
    connections: () => sockets.size,
    arrived: arrivals.reached,
    answered: answers.reached,
    broken: breaks.reached,
    operation: (graphRequests = 1) =>
      createOperation({
        requestId: 'the-id',
        limits: { timeoutMs: 10_000, graphRequests, httpRequests: 60 },
        clock,
        caller: null,
      }),
  };
}
