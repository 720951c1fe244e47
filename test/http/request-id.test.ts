import { once } from 'node:events';
import { createServer, request as send } from 'node:http';
import { json, text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { systemClock } from '../../src/clock.ts';
import { readConfig } from '../../src/config.ts';
import { createGateway } from '../../src/gateway.ts';
import { openGraphAccess } from '../../src/graph-access.ts';
import { createTestStore, startGateway } from '../support/gateway.ts';
import { createCapturedLog } from '../support/log.ts';
import type { CapturedLog } from '../support/log.ts';
import { createTestMetrics } from '../support/metrics.ts';

const UUID = /^[\da-f]{8}-([\da-f]{4}-){3}[\da-f]{12}$/;

interface Running {
  readonly url: string;
  readonly log: CapturedLog;
}

async function startOver(origin: string): Promise<Running> {
  const log = createCapturedLog({ level: 'debug' });
  const gateway = await createGateway({
    store: createTestStore(),
    config: readConfig({ PORT: '0' }),
    graph: openGraphAccess(origin, 'a-token', 'a Graph of this test'),
    log: log.log,
    clock: systemClock,
    metrics: createTestMetrics(),
  });
  onTestFinished(() => gateway.close());
  return { url: gateway.url, log };
}

/** Sends a GET with the header exactly as given, and gives the id in the response. */
async function ask(url: string, query: string, requestId?: string): Promise<string> {
  const headers = requestId === undefined ? {} : { 'x-request-id': requestId };
  const [response] = await once(
    send(`${url}/graphql?query=${encodeURIComponent(query)}`, { headers }).end(),
    'response',
  );
  await text(response);
  return String(response.headers['x-request-id']);
}

const batch = z.object({ requests: z.array(z.object({ id: z.string(), headers: z.record(z.string(), z.string()) })) });

/** A Graph that answers every part with 404, and records the ids of requests and parts. */
async function startGraph(): Promise<{ readonly origin: string; readonly ids: (string | undefined)[][] }> {
  const ids: (string | undefined)[][] = [];
  const server = createServer((incoming, response) => {
    void (async () => {
      const { requests } = batch.parse(await json(incoming));
      const own = incoming.headers['client-request-id'];
      ids.push([own?.toString(), ...requests.map(({ headers }) => headers['client-request-id'])]);
      response.end(JSON.stringify({ responses: requests.map(({ id }) => ({ id, status: 404 })) }));
    })();
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const address = server.address();
  return { origin: `http://127.0.0.1:${address instanceof Object ? address.port : 0}`, ids };
}

describe('The id of a request', () => {
  it('travels from the caller to Graph, and back', async () => {
    const gateway = await startGateway();
    const [user] = gateway.emulator.tenant.users;
    const id = 'Caller.7:trace-0af7651916cd43dd_8448eb211c80319c';
    expect(await ask(gateway.url, `{ user(id: "${user?.id}") { displayName } }`, id)).toBe(id);
    expect(gateway.emulator.requests.map(({ headers }) => headers['client-request-id'])).toEqual([id]);
  });

  it('travels with each part of a batch', async () => {
    const graph = await startGraph();
    const { url } = await startOver(graph.origin);
    await ask(url, '{ a: user(id: "a") { displayName } b: user(id: "b") { displayName } }', 'mine');
    expect(graph.ids).toEqual([['mine', 'mine', 'mine']]);
  });

  it.each([
    ['is missing', undefined],
    ['is empty', ''],
    ['is too long', 'x'.repeat(129)],
    ['has a space', 'two words'],
    ['has a quote', 'a"b'],
    ['is one of several', 'one, two'],
    ['has letters beyond ASCII', 'caf\u00e9'],
    ['has what may be a command somewhere', '${jndi:ldap://elsewhere}'],
  ])('is new when the given one %s', async (_, given) => {
    const gateway = await startGateway();
    const answered = await ask(gateway.url, '{ user(id: "somebody") { displayName } }', given);
    expect(answered).toMatch(UUID);
    expect(gateway.emulator.requests.map(({ headers }) => headers['client-request-id'])).toEqual([answered]);
  });

  it('may have 128 characters', async () => {
    const { url } = await startOver('http://127.0.0.1:9');
    expect(await ask(url, '{ __typename }', 'x'.repeat(128))).toBe('x'.repeat(128));
  });
});

describe('The line of a request in the log', () => {
  it.each([
    ['GET', '/graphql?query={__typename}', '/graphql', 200, 'info'],
    ['POST', '/graphql?token=marked', '/graphql', 400, 'info'],
    ['GET', '/healthz', '/healthz', 200, 'debug'],
    ['GET', '/readyz?', '/readyz', 200, 'debug'],
    ['GET', '/metrics', '/metrics', 200, 'debug'],
    ['GET', '/nowhere?token=marked', '/nowhere', 404, 'info'],
  ])('is a single one for %s %s, with the path and without the query', async (method, target, path, status, level) => {
    const { url, log } = await startOver('http://127.0.0.1:9');
    const headers = { 'x-request-id': 'mine', 'content-type': 'application/json' };
    const body = method === 'POST' ? { body: '{"query": marked' } : {};
    const response = await fetch(url + target, { method, headers, ...body });
    await response.text();
    expect(response.status).toBe(status);
    const answered = (): unknown[] => log.lines().filter(({ msg }) => msg === 'request completed');
    await expect.poll(answered, { timeout: 20_000 }).toEqual([
      {
        level,
        time: expect.any(String),
        requestId: 'mine',
        method,
        path,
        status,
        durationMs: expect.any(Number),
        msg: 'request completed',
      },
    ]);
    expect(log.text()).not.toContain('marked');
  });
});
