import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text as readText } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

export interface Received {
  readonly url: string;
  readonly contentType: string | undefined;
  readonly body: unknown;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

/** An endpoint for notifications, for one test. */
export interface NotificationEndpoint {
  readonly url: string;
  /** The requests received, validation requests included. */
  readonly received: readonly Received[];
  /** Resolves with the first `count` requests when they have arrived. */
  readonly arrived: (count: number) => Promise<readonly Received[]>;
}

/** Listens for notifications. Answers validation requests as Graph requires, or with the result of `answer`. */
export async function startNotificationEndpoint(
  answer: (token: string) => Answer | Promise<Answer> = (text) => ({ status: 200, type: 'text/plain', text }),
): Promise<NotificationEndpoint> {
  const received: Received[] = [];
  const waiting = new Map<number, () => void>();
  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const sent = await readText(request);
    const { headers, url = '' } = request;
    const token = new URL(url, 'http://localhost').searchParams.get('validationToken');
    received.push({ url, contentType: headers['content-type'], body: sent === '' ? undefined : JSON.parse(sent) });
    const answered = token === null ? { status: 202, type: 'text/plain', text: '' } : await answer(token);
    response.writeHead(answered.status, { 'Content-Type': answered.type }).end(answered.text);
    waiting.get(received.length)?.();
  }

  const server = createServer((request, response) => void respond(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/notifications`,
    received,
    async arrived(count) {
      if (received.length < count) {
        await new Promise<void>((resolve) => {
          waiting.set(count, resolve);
        });
      }
      return received.slice(0, count);
    },
  };
}
