/** A server of these jobs alone: bare HTTP, and answers that are written beforehand. */
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import { createAnswers } from './answers.ts';
import type { Ask, Question } from './answers.ts';

/** Answers the jobs on a port of this machine until the process ends, and says on its output when it listens. */
export function serveAnswers(ask: Ask, port: number): void {
  const answers = createAnswers(ask);

  async function answer(question: Buffer, response: ServerResponse): Promise<void> {
    const { operationName, variables }: Question = JSON.parse(question.toString());
    const body = Buffer.from(JSON.stringify({ data: await answers[operationName](variables) }));
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
    response.end(body);
  }

  // Who is killed leaves no profile.
  process.once('SIGTERM', () => process.exit());
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    // Whatever fails ends the process, and so the benchmark.
    request.on('end', () => void answer(Buffer.concat(chunks), response));
  });
  // Whoever keeps a connection for the next slice must not find it closed.
  server.keepAliveTimeout = 600_000;
  server.listen(port, '127.0.0.1', () => process.stdout.write('listening\n'));
}
