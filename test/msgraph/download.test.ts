import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createSecureServer } from 'node:http2';
import { describe, expect, it } from 'vitest';
import { trusting } from '../../src/msgraph/exchange/transport.ts';
import { createEntraIdentity } from '../support/entra-identity.ts';
import { createTestDownloads, listen, openDownload, startServer, textOf } from '../support/server.ts';
import type { Tls } from '../support/server.ts';

/** One received request: host, URL and headers. */
type Visit = readonly [host: string, url: string, headers: IncomingMessage['headers']];

interface Hosts {
  readonly visits: Visit[];
  readonly graph: string;
  readonly storage: string;
}

/** The redirect target of each request by host and URL; a request without one receives the content. */
type Route = (hosts: Hosts) => Readonly<Record<string, string>>;

/** Starts Graph and a storage host. A request without a route receives the content. */
async function startHosts(route: Route, status = 302, tls?: Tls): Promise<Hosts> {
  const visits: Visit[] = [];
  const answer =
    (host: string) =>
    ({ url = '', headers }: IncomingMessage, response: ServerResponse): void => {
      visits.push([host, url, headers]);
      const location = routes[`${host} ${url}`];
      if (location === undefined) response.writeHead(200, { 'content-type': 'video/mp4' }).end('the video');
      else response.writeHead(status, { location }).end('moved');
    };
  const [graph, storage] = await Promise.all([startServer(answer('graph'), tls), startServer(answer('storage'), tls)]);
  const hosts = { visits, graph, storage };
  const routes = route(hosts);
  return hosts;
}

const path = ({ visits }: Hosts): string[] => visits.map(([host, url]) => `${host} ${url}`);
const toStorage: Route = ({ storage }) => ({ 'graph /v1.0/content': `${storage}/download?key=secret` });

describe('A redirect from Graph', () => {
  it.each([301, 302, 303, 307, 308])('is followed with the status %i', async (status) => {
    const hosts = await startHosts(toStorage, status);
    const { status: answered, header, body } = await openDownload(createTestDownloads(hosts.graph));
    expect([answered, header('content-type'), await textOf(body)]).toEqual([200, 'video/mp4', 'the video']);
    expect(path(hosts)).toEqual(['graph /v1.0/content', 'storage /download?key=secret']);
  });

  it.each([300, 304, 305, 306])('is a response like any other with the status %i', async (status) => {
    const hosts = await startHosts(toStorage, status);
    const { status: answered } = await openDownload(createTestDownloads(hosts.graph));
    expect([answered, path(hosts)]).toEqual([status, ['graph /v1.0/content']]);
  });

  it.each([
    ['/there?a=b', '/there?a=b'],
    ['there', '/v1.0/there'],
    ['../there', '/there'],
    ['?a=b', '/v1.0/content?a=b'],
    ['/th%65re/%2e%2e/x#end', '/x'],
  ])('is resolved relative to the URL of the request: %s', async (location, expected) => {
    const hosts = await startHosts(() => ({ 'graph /v1.0/content': location }));
    await openDownload(createTestDownloads(hosts.graph));
    expect(path(hosts)).toEqual(['graph /v1.0/content', `graph ${expected}`]);
  });

  it('may lead to another redirect, up to five in a row', async () => {
    const hosts = await startHosts(({ storage }) => ({
      'graph /v1.0/content': `${storage}/5`,
      ...Object.fromEntries([5, 4, 3, 2, 1].map((left) => [`storage /${left}`, `/${left - 1}`])),
    }));
    const downloads = createTestDownloads(hosts.graph);
    await expect(openDownload(downloads)).rejects.toMatchObject({
      name: 'GraphError',
      reason: 'malformed',
      message: 'Microsoft Graph responded to GET /v1.0/content with more than 5 consecutive redirects.',
    });
    expect(path(hosts).slice(1)).toEqual([5, 4, 3, 2, 1].map((left) => `storage /${left}`));
    const shorter = await startHosts(({ storage }) => ({
      'graph /v1.0/content': `${storage}/4`,
      ...Object.fromEntries([4, 3, 2, 1].map((left) => [`storage /${left}`, `/${left - 1}`])),
    }));
    const { body } = await openDownload(createTestDownloads(shorter.graph));
    expect(await textOf(body)).toBe('the video');
  });

  it.each([{}, { location: 'https://' }, { location: 'https://[::1' }])(
    'is refused without a valid location: %j',
    async (headers) => {
      const origin = await startServer((_, response) => response.writeHead(302, headers).end());
      await expect(openDownload(createTestDownloads(origin))).rejects.toMatchObject({
        reason: 'malformed',
        message: expect.stringContaining('redirected GET /v1.0/content to an invalid location, which is not allowed.'),
      });
    },
  );

  it('is followed with the same range and accept-encoding', async () => {
    const hosts = await startHosts(toStorage);
    await openDownload(createTestDownloads(hosts.graph), { range: 'bytes=5-9' });
    const wishes = { range: 'bytes=5-9', 'accept-encoding': 'identity', accept: '*/*' };
    expect(hosts.visits).toMatchObject([
      ['graph', '/v1.0/content', wishes],
      ['storage', '/download?key=secret', wishes],
    ]);
  });

  it.each<[string, Route, [string, string | undefined][]]>([
    [
      'to Graph again',
      () => ({ 'graph /v1.0/content': '/there' }),
      [
        ['graph', 'token 1'],
        ['graph', 'token 1'],
      ],
    ],
    [
      'elsewhere',
      toStorage,
      [
        ['graph', 'token 1'],
        ['storage', undefined],
      ],
    ],
    [
      // Otherwise the other host could choose what is read from Graph with the token.
      'to another host and back',
      ({ graph, storage }) => ({ 'graph /v1.0/content': `${storage}/x`, 'storage /x': `${graph}/y`, 'graph /y': '/z' }),
      [
        ['graph', 'token 1'],
        ['storage', undefined],
        ['graph', undefined],
        ['graph', undefined],
      ],
    ],
  ])('carries the token and the request id on only from Graph to Graph: %s', async (_, route, expected) => {
    const hosts = await startHosts(route);
    await openDownload(createTestDownloads(hosts.graph), { token: 'token 1' });
    expect(
      hosts.visits.map(([host, , { authorization, 'client-request-id': id }]) => [host, authorization, id]),
    ).toEqual(expected.map(([host, token]) => [host, token && `Bearer ${token}`, token && 'the-id']));
  });

  it('is followed over https only to hosts that the configured authority certifies', async () => {
    const { tls, certificateAuthority } = await createEntraIdentity();
    const hosts = await startHosts(toStorage, 302, tls);
    const { body } = await openDownload(
      createTestDownloads(hosts.graph, { secureContext: trusting(certificateAuthority) }),
    );
    expect(await textOf(body)).toBe('the video');
    const plain = await startServer((_, response) =>
      response.writeHead(302, { location: `${hosts.storage}/download?key=secret` }).end(),
    );
    const trusted = await openDownload(createTestDownloads(plain, { secureContext: trusting(certificateAuthority) }));
    expect(trusted.status).toBe(200);
    await expect(openDownload(createTestDownloads(plain))).rejects.toMatchObject({
      reason: 'unreachable',
      message: expect.not.stringContaining('secret'),
    });
  });

  it.each([
    ['read, so that its connection is reused', 'moved', 0],
    ['abandoned with its connection when it is long', 'x'.repeat(1_000_000), 6],
  ])('has a body that is %s', async (_, text, givenUp) => {
    const sockets = new Set<unknown>();
    let broken = 0;
    const origin = await startServer(({ url, socket }, response) => {
      sockets.add(socket);
      response.once('close', () => (broken += response.writableFinished ? 0 : 1));
      if (url === '/there') response.end();
      else if (givenUp === 0) response.writeHead(302, { location: '/there' }).end(text);
      else response.writeHead(302, { location: '/there' }).write(text);
    });
    const downloads = createTestDownloads(origin);
    for (let count = 0; count < 6; count += 1) await textOf((await openDownload(downloads)).body);
    await expect.poll(() => broken).toBe(givenUp);
    // A connection is free again shortly after its response, so two may alternate.
    expect(sockets.size - givenUp).toBeLessThanOrEqual(2);
  });
});

describe('A download', () => {
  it('has its own connection, even from a host that offers HTTP/2', async () => {
    const { tls, certificateAuthority } = await createEntraIdentity();
    const sockets = new Set<unknown>();
    const server = createSecureServer({ key: tls.private, cert: tls.cert, allowHTTP1: true }, (request, response) => {
      sockets.add(request.socket);
      response.writeHead(200, { 'content-type': request.httpVersion }).write('bytes');
    });
    const port = await listen(server);
    const downloads = createTestDownloads(`https://127.0.0.1:${port}`, {
      secureContext: trusting(certificateAuthority),
    });
    const opened = await Promise.all([openDownload(downloads), openDownload(downloads)]);
    expect(opened.map(({ header }) => header('content-type'))).toEqual(['1.1', '1.1']);
    expect(sockets.size).toBe(2);
  });

  it.each<[string, (response: ServerResponse, url: string | undefined) => void]>([
    ['headers', () => {}],
    [
      'headers of the redirect target',
      (response, url) => void (url === '/there' || response.writeHead(302, { location: '/there' }).end()),
    ],
    ['end of a redirect', (response) => void response.writeHead(302, { location: '/there' }).write('moved')],
  ])('ends with the reason of its signal, and closes its connection, while it waits for the %s', async (_, answer) => {
    const stuck = Promise.withResolvers<ServerResponse>();
    const origin = await startServer(({ url }, response) => {
      answer(response, url);
      if (!response.writableEnded) stuck.resolve(response);
    });
    const leaving = new AbortController();
    const opening = openDownload(createTestDownloads(origin), { signal: leaving.signal });
    const response = await stuck.promise;
    const closed = once(response, 'close');
    leaving.abort(new Error('nobody waits'));
    await expect(opening).rejects.toThrow('nobody waits');
    await closed;
  });

  it.each([
    ['headersTimeoutMs', () => {}, 'timeout', 'UND_ERR_HEADERS_TIMEOUT'],
    ['connectTimeoutMs', (response: ServerResponse) => response.socket?.destroy(), 'unreachable', 'UND_ERR_SOCKET'],
  ] as const)('reports a failure without the query of the URL, as with %s', async (option, answer, reason, code) => {
    const origin = await startServer(({ url }, response) => {
      if (url === '/there?key=secret') answer(response);
      else response.writeHead(302, { location: '/there?key=secret' }).end();
    });
    await expect(openDownload(createTestDownloads(origin, { [option]: 200 }))).rejects.toMatchObject({
      reason,
      message: expect.stringMatching(new RegExp(String.raw`GET /v1\.0/content \(${code}\)\.$`)),
    });
  });
});
