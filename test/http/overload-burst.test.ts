/** The requests of a burst count once their documents have arrived, so a slow sender holds up nobody. */
import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import fastify from 'fastify';
import type { FastifyReply } from 'fastify';
import { describe, expect, it, onTestFinished } from 'vitest';
import { refuseOverload } from '../../src/http/protection/overload-refusal.ts';
import { keepBusy } from '../support/busy.ts';
import { createDrivenClock } from '../support/clock.ts';
import { startEntra } from '../support/entra.ts';
import { startGateway } from '../support/gateway.ts';
import type { TestGateway } from '../support/gateway.ts';
import { createTestMetrics, scrape, scrapeUntil } from '../support/metrics.ts';

/** The least limit of open requests. */
const FULL = 32;
const OPEN = 'gateway_requests_open';

/** More than the system buffers for a connection. */
const LARGE = 12 * 1_024 * 1_024;

interface Half {
  /** Resolves when the gateway waits for the rest. */
  readonly begun: Promise<unknown>;
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
      expect: '100-continue',
    },
  });
  onTestFinished(() => void asked.destroy());
  asked.on('error', () => {});
  const begun = once(asked, 'continue');
  asked.write(body.slice(0, 10));
  return {
    begun,
    finish: () => void asked.end(body.slice(10)),
    response: once(asked, 'response').then(([response]) => response),
  };
}

describe('A request for events', () => {
  it('counts only once its whole document has arrived, so a slow sender holds up nobody', async () => {
    const gateway = await startGateway({ metrics: createTestMetrics(), config: { overloadDelayMs: 10 } });
    keepBusy();
    await scrapeUntil(gateway.url, 'gateway_requests_open_limit', FULL);
    const halves = Array.from({ length: FULL + 8 }, () => begin(gateway, '{ __typename }'));
    await Promise.all(halves.map(({ begun }) => begun));
    expect(await gateway.query('{ __typename }')).toEqual({ data: { __typename: 'Query' } });
    expect((await scrape(gateway.url)).get(OPEN)).toBe(0);
    for (const { finish } of halves) finish();
    expect((await Promise.all(halves.map(({ response }) => response))).map(({ statusCode }) => statusCode)).toEqual(
      Array(FULL + 8).fill(200),
    );
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

  it('is refused with 503 when the limit was reached while its document was arriving', async () => {
    const gateway = await startGateway({ metrics: createTestMetrics(), config: { overloadDelayMs: 10 } });
    const hold = gateway.emulator.hold({ path: '/users/' });
    onTestFinished(hold.release);
    keepBusy();
    await scrapeUntil(gateway.url, 'gateway_requests_open_limit', FULL);
    const query = `{ user(id: "${gateway.emulator.tenant.users[0]?.id}") { displayName } }`;
    const halves = Array.from({ length: FULL + 8 }, () => begin(gateway, query));
    await Promise.all(halves.map(({ begun }) => begun));
    for (const { finish } of halves) finish();
    const statuses: (number | undefined)[] = [];
    const answers = halves.map(async ({ response }) => statuses.push((await response).statusCode));
    await expect.poll(() => statuses.filter((status) => status === 503)).toHaveLength(8);
    hold.release();
    await Promise.all(answers);
    expect(statuses.filter((status) => status === 200)).toHaveLength(FULL);
  });
});

it('A request with a token counts only once the token has been verified', async () => {
  const entra = await startEntra();
  const { authority, clientId, tenantId, certificateAuthority: graphCertificateAuthority } = entra;
  const callers = { authority, tenantIds: [tenantId], audiences: [clientId] } as const;
  const gateway = await startGateway({ metrics: createTestMetrics(), config: { callers, graphCertificateAuthority } });
  entra.settings.keys = 'hanging';
  const leaving = new AbortController();
  const asked = fetch(`${gateway.url}/graphql?query={__typename}`, {
    headers: { authorization: `Bearer ${await entra.issue()}` },
    signal: leaving.signal,
  });
  await expect.poll(() => entra.requests).toHaveLength(1);
  expect((await scrape(gateway.url)).get(OPEN)).toBe(0);
  leaving.abort();
  await expect(asked).rejects.toThrow('aborted');
});

/** An app with one endpoint, and how its first request is settled. */
function startDoor(answer: (reply: FastifyReply) => unknown) {
  const app = fastify();
  onTestFinished(() => app.close());
  const settled = Promise.withResolvers<unknown>();
  const admit = refuseOverload(app, {
    refusal: () => null,
    begin:
      () =>
      (how = 'answered') =>
        settled.resolve(how),
    open: () => 0,
    limit: () => 1,
    stop: () => {},
  });
  app.post('/graphql', (asked, reply) => admit(asked, reply, null) && answer(reply));
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
