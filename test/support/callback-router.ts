/** A router with the callback endpoint that its documentation describes, for one test. */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import type { TestGateway } from './gateway.ts';
import { listen } from './server.ts';

const message = z.object({
  kind: z.literal('subscription'),
  action: z.enum(['check', 'next', 'complete']),
  id: z.string(),
  verifier: z.string(),
  payload: z.unknown().optional(),
  errors: z.unknown().optional(),
});

export interface Received {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly message: z.output<typeof message>;
}

/** What a router sends with an operation: https://www.apollographql.com/docs/graphos/routing/operations/subscriptions/callback-protocol#initialization */
export interface SubscriptionExtension {
  readonly callbackUrl: string;
  readonly subscriptionId: string;
  readonly verifier: string;
  readonly heartbeatIntervalMs: number;
}

export interface CallbackRouter {
  readonly origin: string;
  /** The value for `SUBSCRIPTION_CALLBACK_URLS`. */
  readonly callbackUrl: string;
  /** The messages received so far, at any path. */
  readonly received: readonly Received[];
  /** The next message that `next` has not returned yet. */
  next(): Promise<Received>;
  /** Prepares a subscription, as a router does before its request. */
  subscription(heartbeatIntervalMs?: number): SubscriptionExtension;
  /** Ends a subscription. */
  terminate(extension: SubscriptionExtension): void;
  /** Sets the status of the answer to every message of an action from now on. */
  answerWith(action: 'check' | 'next', status: number): void;
}

/** Starts a router; it ends with the test. */
export async function startCallbackRouter(): Promise<CallbackRouter> {
  const received: Received[] = [];
  const active = new Map<string, string>();
  const forced = new Map<string, number>();
  let asked = 0;
  let wake = Promise.withResolvers<void>();

  function statusFor({ action, id, verifier }: Received['message']): number {
    const status = forced.get(action);
    if (status !== undefined) return status;
    if (!active.has(id)) return 404;
    if (active.get(id) !== verifier) return 400;
    if (action === 'complete') active.delete(id);
    return { check: 204, next: 200, complete: 202 }[action];
  }

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method, url, headers } = request;
      const came = { method, path: url, headers, message: message.parse(JSON.parse(Buffer.concat(chunks).toString())) };
      received.push(came);
      const status = statusFor(came.message);
      response.writeHead(status, {
        'subscription-protocol': 'callback/1.0',
        ...(status === 302 ? { location: '/elsewhere' } : {}),
      });
      response.end();
      wake.resolve();
      wake = Promise.withResolvers();
    });
  });
  const origin = `http://127.0.0.1:${await listen(server)}`;
  const callbackUrl = `${origin}/callback`;
  return {
    origin,
    callbackUrl,
    received,
    async next() {
      for (;;) {
        const came = received[asked];
        if (came !== undefined) {
          asked += 1;
          return came;
        }
        await wake.promise;
      }
    },
    subscription(heartbeatIntervalMs = 0) {
      const subscriptionId = randomUUID();
      const verifier = randomUUID();
      active.set(subscriptionId, verifier);
      return { callbackUrl: `${callbackUrl}/${subscriptionId}`, subscriptionId, verifier, heartbeatIntervalMs };
    },
    terminate: ({ subscriptionId }) => void active.delete(subscriptionId),
    answerWith: (action, status) => void forced.set(action, status),
  };
}

/** Sends a request as a router does that subscribes over callbacks. */
export async function subscribe(
  { url }: Pick<TestGateway, 'url'>,
  query: string,
  variables: Readonly<Record<string, unknown>>,
  extension: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly status: number; readonly headers: Headers; readonly body: unknown }> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json;callbackSpec=1.0', ...headers },
    body: JSON.stringify({ query, variables, extensions: { subscription: extension } }),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}
