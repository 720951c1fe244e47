/** A server for these jobs only: bare HTTP and handwritten answers. */
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import { createAnswers } from './answers.ts';
import type { Ask, Question } from './answers.ts';

/** Answers the jobs on a local port until the process ends, and reports on its output when it listens. */
export function serveAnswers(ask: Ask, port: number): void {
  const answers = createAnswers(ask);

  async function answer(question: Buffer, response: ServerResponse): Promise<void> {
    const { operationName, variables }: Question = JSON.parse(question.toString());
    const body = Buffer.from(JSON.stringify({ data: await answers[operationName](variables) }));
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
    response.end(body);
  }

  // A killed process writes no profile.
  process.once('SIGTERM', () => process.exit());
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    // Any failure ends the process, and so the benchmark.
    request.on('end', () => void answer(Buffer.concat(chunks), response));
  });
  // A connection kept for the next slice must not be closed.
  server.keepAliveTimeout = 600_000;
  server.listen(port, '127.0.0.1', () => process.stdout.write('listening\n'));
}
