import { once } from 'node:events';
import { createServer } from 'node:http';
import { onTestFinished } from 'vitest';

export interface Received {
  readonly url: string;
  readonly contentType: string | undefined;
  readonly body: unknown;
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
  answer: (token: string) => { readonly status: number; readonly type: string; readonly text: string } = (token) => ({
    status: 200,
    type: 'text/plain',
    text: token,
  }),
): Promise<NotificationEndpoint> {
  const received: Received[] = [];
  const waiting = new Map<number, () => void>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      const { headers, url = '' } = request;
      const token = new URL(url, 'http://localhost').searchParams.get('validationToken');
      const body: unknown = text === '' ? undefined : JSON.parse(text);
      received.push({ url, contentType: headers['content-type'], body });
      const answered = token === null ? { status: 202, type: 'text/plain', text: '' } : answer(token);
      response.writeHead(answered.status, { 'Content-Type': answered.type }).end(answered.text);
      waiting.get(received.length)?.();
    });
  });
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
