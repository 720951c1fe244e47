import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ServerResponse } from 'node:http';
import { createSecureServer } from 'node:http2';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import type { Reply } from '../../src/msgraph/exchange/reply.ts';
import { createTransport, trusting } from '../../src/msgraph/exchange/transport.ts';
import type { Transport, TransportOptions } from '../../src/msgraph/exchange/transport.ts';
import { createDrivenClock } from '../support/clock.ts';
import { createEntraIdentity } from '../support/entra-identity.ts';
import { listen, startServer } from '../support/server.ts';
import { startTcpServer } from '../support/tcp-server.ts';

function createTestTransport(origin: string, options: Partial<TransportOptions> = {}): Transport {
  const transport = createTransport({
    origin,
    connections: 8,
    connectTimeoutMs: 5_000,
    headersTimeoutMs: 5_000,
    bodyTimeoutMs: 5_000,
    wholeTimeoutMs: 5_000,
    maxReplyBytes: 1_000,
    clock: systemClock,
    ...options,
  });
  onTestFinished(() => transport.close());
  return transport;
}

function send(transport: Transport, signal = new AbortController().signal): Promise<Reply> {
  return transport.send({
    method: 'GET',
    path: '/v1.0/users/x?$select=id',
    clientRequestId: 'the-id',
    token: 'a-marked-token',
    signal,
  });
}

function ask(origin: string, options: Partial<TransportOptions> = {}): Promise<Reply> {
  return send(createTestTransport(origin, options));
}

/** Resolves when the client receives the next chunk of a body: https://undici.nodejs.org/#/docs/api/DiagnosticsChannel */
function nextChunk(): Promise<void> {
  return new Promise((resolve) => {
    const onChunk = (): void => {
      unsubscribe('undici:request:bodyChunkReceived', onChunk);
      resolve();
    };
    subscribe('undici:request:bodyChunkReceived', onChunk);
  });
}

describe('One exchange with Graph', () => {
  it('sends the token, the request id and the preference for new enumeration members', async () => {
    const seen: unknown[] = [];
    const origin = await startServer((request, response) => {
      seen.push([request.method, request.url, request.headers]);
      response.end('{}');
    });
    await ask(origin);
    expect(seen).toMatchObject([
      [
        'GET',
        '/v1.0/users/x?$select=id',
        {
          accept: 'application/json',
          authorization: 'Bearer a-marked-token',
          'client-request-id': 'the-id',
          prefer: 'include-unknown-enum-members',
        },
      ],
    ]);
  });

  it('follows no redirect, so the token is not sent elsewhere', async () => {
    const visited: (string | undefined)[] = [];
    const elsewhere = await startServer((request, response) => {
      visited.push(request.headers.authorization);
      response.end('{}');
    });
    const origin = await startServer((_, response) => response.writeHead(302, { location: elsewhere }).end());
    expect(await ask(origin)).toMatchObject({ status: 302, body: undefined });
    expect(visited).toEqual([]);
  });

  it('reads a response only up to the size limit', async () => {
    const origin = await startServer((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const more = (): void => {
        while (response.write('x'.repeat(10_000)));
        response.once('drain', more);
      };
      more();
    });
    await expect(ask(origin)).rejects.toMatchObject({
      reason: 'malformed',
      message: 'The response of Microsoft Graph to GET /v1.0/users/x is longer than the allowed 1000 bytes.',
    });
  });

  it.each([
    ['<html>', 200, 'The response of Microsoft Graph to GET /v1.0/users/x is not JSON.'],
    ['{"id":', 200, 'The response of Microsoft Graph to GET /v1.0/users/x is not JSON.'],
  ])('rejects the body %j with the status %i as malformed', async (body, status, message) => {
    const origin = await startServer((_, response) => response.writeHead(status).end(body));
    await expect(ask(origin)).rejects.toMatchObject({ name: 'GraphError', reason: 'malformed', message });
  });

  it('reports the status when the body of an error is HTML', async () => {
    const origin = await startServer((_, response) => response.writeHead(502).end('<html>Bad gateway</html>'));
    expect(await ask(origin)).toMatchObject({ status: 502, body: undefined });
  });

  it('reports a failure without the query of the URL', async () => {
    const origin = await startServer((request) => request.socket.destroy());
    await expect(ask(origin)).rejects.toMatchObject({
      reason: 'unreachable',
      message: 'The connection to Microsoft Graph failed for GET /v1.0/users/x (UND_ERR_SOCKET).',
    });
  });

  it('reports by name that a response is not HTTP, for which undici has no code', async () => {
    const { port } = await startTcpServer((socket) => socket.end('220 mail.contoso.example ESMTP\r\n'));
    await expect(ask(`http://127.0.0.1:${port}`)).rejects.toMatchObject({
      reason: 'unreachable',
      message: 'The connection to Microsoft Graph failed for GET /v1.0/users/x (HTTPParserError).',
    });
  });

  it.each([
    ['headers', { headersTimeoutMs: 50 }, () => {}],
    ['body', { bodyTimeoutMs: 50 }, (_: unknown, response: ServerResponse) => response.writeHead(200).write('{')],
  ] as const)('times out when the %s takes too long', async (_, options, listener) => {
    const origin = await startServer(listener);
    await expect(ask(origin, options)).rejects.toMatchObject({ name: 'GraphError', reason: 'timeout' });
  });

  it('times out when the body arrives steadily, but not within the limit for the whole exchange', async () => {
    const clock = createDrivenClock();
    const begun = Promise.withResolvers<ServerResponse>();
    const origin = await startServer((_, response) => begun.resolve(response));
    const answer = ask(origin, { clock });
    const response = await begun.promise;
    for (const passedMs of [1_000, 1_000, 1_000, 1_000, 999]) {
      const chunk = nextChunk();
      response.write(' ');
      // oxlint-disable-next-line no-await-in-loop -- one byte after the other
      await chunk;
      clock.advance(passedMs);
    }
    await clock.waiting(1);
    clock.advance(1);
    await expect(answer).rejects.toMatchObject({
      reason: 'timeout',
      message: 'Microsoft Graph did not complete its response to GET /v1.0/users/x within 5000 ms.',
    });
  });

  it('ends with the reason of its signal', async () => {
    const origin = await startServer(() => leaving.abort(new Error('nobody waits')));
    const leaving = new AbortController();
    await expect(send(createTestTransport(origin), leaving.signal)).rejects.toThrow('nobody waits');
  });

  it('leaves no dead connection to the next one when it is given up, even if Graph offers HTTP/2', async () => {
    const { tls, certificateAuthority } = await createEntraIdentity();
    const leaving = new AbortController();
    let dead: number | undefined;
    const server = createSecureServer({ key: tls.private, cert: tls.cert, allowHTTP1: true }, (request, response) => {
      dead ??= request.socket.remotePort;
      if (request.socket.remotePort === dead) leaving.abort(new Error('nobody waits'));
      else response.end('{}');
    });
    const graph = createTestTransport(`https://127.0.0.1:${await listen(server)}`, {
      secureContext: trusting(certificateAuthority),
    });
    await expect(send(graph, leaving.signal)).rejects.toThrow('nobody waits');
    expect(await send(graph)).toMatchObject({ status: 200 });
  });

  it('reuses its connections', async () => {
    const ports = new Set<number | undefined>();
    const origin = await startServer((request, response) => {
      ports.add(request.socket.remotePort);
      response.end('{}');
    });
    const graph = createTestTransport(origin);
    for (let count = 0; count < 20; count += 1) await send(graph);
    // A connection is free again shortly after its response, so two may alternate.
    expect(ports.size).toBeLessThanOrEqual(2);
  });
});
