/**
 * Program of a stand-in for Graph that is as fast as possible: bare HTTP, and prepared replies. It counts requests.
 * `POST /control?latencyMs=50` sets the latency of each answer, returns the counts and resets them.
 */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { createReplies } from './replies.ts';

const ROOT = '/v1.0';

const NOT_FOUND = '{"error":{"code":"NotFound","message":"There is no such thing here."}}';

const batch = z.object({ requests: z.array(z.object({ id: z.string(), url: z.string() })) });

const settings = z.object({ PORT: z.coerce.number() });

// A separate program, configured by its environment like every server.
// oxlint-disable-next-line node/no-process-env
const { PORT } = settings.parse(process.env);

const replyTo = createReplies();
let latencyMs = 0;
let counted = { requests: 0, parts: 0 };

function batchReply(body: string): string {
  const { requests } = batch.parse(JSON.parse(body));
  counted.parts += requests.length;
  const responses = requests.map(({ id, url }) => {
    const reply = replyTo(url);
    return `{"id":"${id}","status":${reply === null ? 404 : 200},"headers":{"Content-Type":"application/json"},"body":${reply ?? NOT_FOUND}}`;
  });
  return `{"responses":[${responses.join(',')}]}`;
}

function answer(response: ServerResponse, status: number, body: string): void {
  const send = (): void => {
    const bytes = Buffer.from(body);
    response.writeHead(status, { 'content-type': 'application/json', 'content-length': bytes.length });
    response.end(bytes);
  };
  if (latencyMs === 0) send();
  else setTimeout(send, latencyMs);
}

function control(url: string, response: ServerResponse): void {
  const body = JSON.stringify(counted);
  counted = { requests: 0, parts: 0 };
  latencyMs = 0;
  answer(response, 200, body);
  latencyMs = z.coerce.number().parse(new URLSearchParams(url.split('?')[1]).get('latencyMs'));
}

function onRequest(request: IncomingMessage, response: ServerResponse): void {
  const { url = '' } = request;
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    if (url.startsWith('/control')) {
      control(url, response);
      return;
    }
    counted.requests += 1;
    if (url === `${ROOT}/$batch`) {
      answer(response, 200, batchReply(Buffer.concat(chunks).toString()));
      return;
    }
    counted.parts += 1;
    const reply = replyTo(url.slice(ROOT.length));
    answer(response, reply === null ? 404 : 200, reply ?? NOT_FOUND);
  });
}

const server = createServer(onRequest);
// A connection kept for the next slice must not be closed.
server.keepAliveTimeout = 600_000;
server.listen(PORT, '127.0.0.1', () => process.stdout.write('listening\n'));
