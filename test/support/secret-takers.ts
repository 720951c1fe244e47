/** Servers that try to obtain a secret: a Graph that redirects, and a Redis that repeats its commands. */
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { json } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { z } from 'zod';

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Expected a port.');
  return address.port;
}

/** Starts a server that answers each command as unknown, as Redis does, and gives its port. */
export function startEcho(): Promise<number> {
  return listen(
    createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => {
        const words = chunk
          .toString()
          .split('\r\n')
          .filter((word) => !/^[*$]\d+$/.test(word));
        socket.write(`-ERR unknown command ${words.join(' ')}\r\n`);
      });
    }),
  );
}

const batch = z.object({ requests: z.array(z.object({ id: z.string() })) });

export interface Seducer {
  readonly port: number;
  /** The kinds of answers so far. */
  answers(): ReadonlySet<string>;
}

/** Starts a Graph whose every answer leads to another origin. */
export async function startSeducer(elsewhere: string): Promise<Seducer> {
  const answers = new Set<string>();
  const redirect = { status: 302, headers: { location: `${elsewhere}/v1.0/users/somebody` }, body: {} };
  const server = createHttpServer((request, response) => {
    async function answer(): Promise<void> {
      const { url = '', method } = request;
      response.setHeader('content-type', 'application/json');
      if (method === 'POST') {
        answers.add('parts');
        const { requests } = batch.parse(await json(request));
        response.end(JSON.stringify({ responses: requests.map(({ id }) => ({ id, ...redirect })) }));
      } else if (url.includes('ecordings')) {
        answers.add('nextLink');
        response.end(JSON.stringify({ value: [], '@odata.nextLink': `${elsewhere}${url}` }));
      } else {
        answers.add('redirect');
        response.writeHead(redirect.status, redirect.headers).end('{}');
      }
    }
    void answer();
  });
  return { port: await listen(server), answers: () => answers };
}
