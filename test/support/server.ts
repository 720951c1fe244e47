/** Servers with prescribed behavior: Graph, and the hosts to which it redirects. */
import { createServer as createHttpServer } from 'node:http';
import type { RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { Server } from 'node:net';
import { onTestFinished } from 'vitest';
import { createDownloads } from '../../src/msgraph/content/download.ts';
import type { Download, DownloadOptions, DownloadRequest, Downloads } from '../../src/msgraph/content/download.ts';

/** The key and the certificate, in PEM. */
export interface Tls {
  readonly private: string;
  readonly cert: string;
}

/** Has a server listen until the test ends, on any free port when none is given. Resolves with its port. */
export async function listen(server: Server & { closeAllConnections?: () => void }, port = 0): Promise<number> {
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections?.();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Expected to listen on a port.');
  return address.port;
}

/** Starts a server that ends with the test, over https where it has a certificate. Resolves with its origin. */
export async function startServer(listener: RequestListener, tls?: Tls): Promise<string> {
  const server =
    tls === undefined ? createHttpServer(listener) : createHttpsServer({ key: tls.private, cert: tls.cert }, listener);
  return `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${await listen(server)}`;
}

/** Opens downloads from a Graph at an origin, until the test ends. Their timeouts are longer than a test. */
export function createTestDownloads(origin: string, options: Partial<DownloadOptions> = {}): Downloads {
  const downloads = createDownloads({
    origin,
    connections: null,
    connectTimeoutMs: 5_000,
    headersTimeoutMs: 300_000,
    bodyTimeoutMs: 300_000,
    ...options,
  });
  onTestFinished(() => downloads.close());
  return downloads;
}

/** Opens one download with a marked token. */
export function openDownload(downloads: Downloads, request: Partial<DownloadRequest> = {}): Promise<Download> {
  return downloads.open({
    path: '/v1.0/content',
    range: null,
    clientRequestId: 'the-id',
    token: 'a-marked-token',
    signal: new AbortController().signal,
    ...request,
  });
}

/** The whole body, as text. */
export async function textOf(body: AsyncIterable<Buffer>): Promise<string> {
  return Buffer.concat(await Array.fromAsync(body)).toString();
}
