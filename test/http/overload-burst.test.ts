/** The requests of a burst count from their arrival, and not from when their bodies are known. */
import { once } from 'node:events';
import { request } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import fastify from 'fastify';
import type { FastifyReply } from 'fastify';
import { describe, expect, it, onTestFinished } from 'vitest';
import { refuseOverload } from '../../src/http/overload-refusal.ts';
import { keepBusy } from '../support/busy.ts';
import { createDrivenClock } from '../support/clock.ts';
import { startGateway } from '../support/gateway.ts';
import type { TestGateway } from '../support/gateway.ts';
import { LISTEN } from '../support/live.ts';
import { createTestMetrics, scrape, scrapeUntil } from '../support/metrics.ts';

/** The least limit of open requests. */
const FULL = 32;
const OPEN = 'gateway_requests_open';

/** More than the system buffers for a connection. */
const LARGE = 12 * 1_024 * 1_024;

interface Half {
  readonly asked: ClientRequest;
  /** Sends the rest. */
  readonly finish: () => void;
  readonly response: Promise<IncomingMessage>;
}

/** Requests events, and sends only the beginning of the body. */
function begin({ url, emulator }: TestGateway, query: string): Half {
  const body = JSON.stringify({ query, variables: { organizer: emulator.tenant.users[0]?.id } });
  const asked = request(`${url}/graphql`, {
    method: 'POST',
    agent: false,
    headers: {
      accept: 'text/event-stream',
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    },
  });
  onTestFinished(() => void asked.destroy());
  asked.on('error', () => {});
  asked.write(body.slice(0, 10));
  return {
    asked,
    finish: () => void asked.end(body.slice(10)),
    response: once(asked, 'response').then(([response]) => response),
  };
}

describe('A request for events', () => {
  it.each([
    ['a query', '{ __typename }'],
    ['a subscription', LISTEN],
  ])('with %s counts as open before its body has arrived, until the answer or the stream begins', async (_, query) => {
    const gateway = await startGateway({ metrics: createTestMetrics() });
    const { finish, response } = begin(gateway, query);
    await scrapeUntil(gateway.url, OPEN, 1);
    finish();
    expect((await response).statusCode).toBe(200);
    await scrapeUntil(gateway.url, OPEN, 0);
  });

  it('no longer counts once it is answered, even if the client does not read', async () => {
    // No client is cut off, since time stands still.
    const gateway = await startGateway({ clock: createDrivenClock(), metrics: createTestMetrics() });
    gateway.emulator.addUser({ id: 'somebody', displayName: 'x'.repeat(LARGE) });
    const hold = gateway.emulator.hold({});
    const { finish, response } = begin(gateway, '{ user(id: "somebody") { displayName } }');
    finish();
    await hold.arrived(1);
    await scrapeUntil(gateway.url, OPEN, 1);
    hold.release();
    await scrapeUntil(gateway.url, OPEN, 0);
    expect((await response).complete).toBe(false);
  });

  it('that is aborted before its body has arrived no longer counts', async () => {
    const gateway = await startGateway({ metrics: createTestMetrics() });
    const { asked, response } = begin(gateway, LISTEN);
    await scrapeUntil(gateway.url, OPEN, 1);
    asked.destroy();
    await expect(response).rejects.toThrow('socket hang up');
    await expect.poll(async () => (await scrape(gateway.url)).get(OPEN)).toBe(0);
  });

  it('is refused with 503 when too many arrive at once', async () => {
    const gateway = await startGateway({ metrics: createTestMetrics(), config: { overloadDelayMs: 10 } });
    keepBusy();
    await scrapeUntil(gateway.url, 'gateway_requests_open_limit', FULL);
    const halves = Array.from({ length: FULL + 8 }, () => begin(gateway, '{ __typename }'));
    const statuses: (number | undefined)[] = [];
    const answers = halves.map(async ({ response }) => {
      const { statusCode } = await response;
      statuses.push(statusCode);
    });
    await expect.poll(() => statuses.length, { timeout: 30_000 }).toBe(8);
    for (const { finish } of halves) finish();
    await Promise.all(answers);
    expect(statuses).toEqual([...Array(8).fill(503), ...Array(FULL).fill(200)]);
  });
});

/** An app with one endpoint, and how its first request is settled. */
function startDoor(answer: (reply: FastifyReply) => unknown) {
  const app = fastify();
  onTestFinished(() => app.close());
  const settled = Promise.withResolvers<unknown>();
  refuseOverload(app, {
    refusal: () => null,
    begin:
      () =>
      (how = 'answered') =>
        settled.resolve(how),
    open: () => 0,
    limit: () => 1,
    stop: () => {},
  });
  app.post('/graphql', (_, reply) => answer(reply));
  return { app, settled: settled.promise };
}

it.each([
  [200, 'answered'],
  [400, 'unanswered'],
  [401, 'unanswered'],
  [403, 'unanswered'],
  [404, 'unanswered'],
  [405, 'unanswered'],
  [413, 'unanswered'],
  [415, 'unanswered'],
  [429, 'unanswered'],
  [500, 'answered'],
])('A request answered with %i is settled as %s', async (status, expected) => {
  const { app, settled } = startDoor((reply) => reply.code(status).send('words'));
  await app.inject({ method: 'POST', url: '/graphql' });
  expect(await settled).toBe(expected);
});

it('An aborted request is settled, even if it is never answered', async () => {
  const asked = Promise.withResolvers<void>();
  const { app, settled } = startDoor(() => {
    asked.resolve();
    return new Promise(() => {});
  });
  const leaving = request(`${await app.listen()}/graphql`, { method: 'POST', agent: false });
  leaving.on('error', () => {});
  leaving.end();
  await asked.promise;
  leaving.destroy();
  expect(await settled).toBe('unanswered');
});
