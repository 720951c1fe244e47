import type { RequestListener, ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createDrivenClock } from '../support/clock.ts';
import { findFreePort } from '../support/free-port.ts';
import { at } from '../support/gateway.ts';
import { startServer } from '../support/server.ts';
import { startToldContent } from '../support/told-content.ts';
import type { ToldContent, ToldContentOptions } from '../support/told-content.ts';

/** Starts a gateway over a Graph that redirects to this storage host. */
const startOver = (storage: string, options: ToldContentOptions = {}): Promise<ToldContent> =>
  startToldContent([{ redirectTo: `${storage}/video?key=secret` }], options);

/** Starts a gateway over a Graph that redirects to a storage host that answers so. */
const startAnswered = async (answer: RequestListener, options: ToldContentOptions = {}): Promise<ToldContent> =>
  startOver(await startServer(answer), options);

interface Failure {
  readonly status: number;
  readonly code: unknown;
  readonly claims: unknown;
  readonly message: unknown;
}

/** Opens the content, which fails. */
async function fail({ url }: ToldContent): Promise<Failure> {
  const response = await fetch(url);
  const body: unknown = await response.json();
  const [code, claims, message] = ['extensions.code', 'extensions.claims', 'message'].map((name) =>
    at(body, `errors.0.${name}`),
  );
  return { status: response.status, code, claims, message };
}

/** Opens the content more often than it takes to open the circuit, or to pause requests to Graph. */
async function failOften(told: ToldContent): Promise<Set<string>> {
  const failures = new Set<string>();
  for (let times = 0; times < 12; times += 1) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    const { status, code, message } = await fail(told);
    failures.add(`${status} ${String(code)}: ${String(message)}`);
  }
  return failures;
}

/** The name of the only user, requested of Graph. */
async function userOf({ gateway }: ToldContent): Promise<unknown> {
  const [user] = gateway.emulator.tenant.users;
  gateway.emulator.clearRequests();
  const response = await gateway.query('query ($id: ID!) { user(id: $id) { displayName } }', { id: user?.id });
  expect(gateway.requests()).toHaveLength(1);
  return at(response, 'data.user.displayName');
}

describe('A storage host to which Graph redirects', () => {
  it('does not keep other requests from Graph while it does not answer', async () => {
    const arrived = Promise.withResolvers<ServerResponse>();
    const clock = createDrivenClock();
    const told = await startAnswered((_, response) => arrived.resolve(response), {
      clock,
      config: { graphConcurrency: 1 },
    });
    const opening = fail(told);
    const unanswered = await arrived.promise;
    expect(await userOf(told)).toEqual(expect.any(String));
    expect(unanswered.closed).toBe(false);
    clock.advance(9_500);
    expect(await opening).toMatchObject({ status: 504, code: 'UPSTREAM_TIMEOUT' });
  });

  it('does not open the circuit to Graph when it refuses connections', async () => {
    const told = await startOver(`http://127.0.0.1:${await findFreePort()}`, { random: () => 0 });
    const failures = await failOften(told);
    expect(await userOf(told)).toEqual(expect.any(String));
    expect([...failures]).toEqual([
      expect.stringMatching(
        /^503 UPSTREAM_UNAVAILABLE: The connection to the storage host 127\.0\.0\.1 failed for GET [^ ?]+\/content \(ECONNREFUSED\)\.$/,
      ),
    ]);
    expect(told.gateway.logged()).not.toContain('secret');
  });

  it('does not pause requests to Graph when it throttles', async () => {
    const told = await startAnswered(
      (_, response) => response.writeHead(429, { 'retry-after': '3600' }).end('{"error":{"code":"TooMany"}}'),
      { clock: createDrivenClock() },
    );
    const failures = await failOften(told);
    expect(await userOf(told)).toEqual(expect.any(String));
    expect([...failures]).toEqual([
      expect.stringMatching(
        /^429 THROTTLED: The storage host 127\.0\.0\.1 responded to GET [^ ?]+\/content with 429 \(TooMany\)\.$/,
      ),
    ]);
  });

  it('does not have the token for Graph renewed when it refuses, and requires no claims for it', async () => {
    const rejected: (string | undefined)[] = [];
    const told = await startAnswered(
      (_, response) =>
        response.writeHead(401, { 'www-authenticate': 'Bearer claims="eyJhIjoxfQ=="' }).end('Sign in again.'),
      {
        getToken(token) {
          rejected.push(token);
          return Promise.resolve(`token-${rejected.length}`);
        },
      },
    );
    expect(await fail(told)).toEqual({
      status: 502,
      code: 'UPSTREAM_ERROR',
      claims: undefined,
      message: expect.stringMatching(/^The storage host 127\.0\.0\.1 responded to .+ with 401\.$/),
    });
    expect(rejected.filter((token) => token !== undefined)).toEqual([]);
    expect(told.asked).toHaveLength(1);
  });

  it.each<[string, RequestListener, number, string, RegExp]>([
    [
      'sends a page instead of a video',
      (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(),
      502,
      'UPSTREAM_ERROR',
      /^The storage host 127\.0\.0\.1 responded to .+ with "text\/html" instead of a video\.$/,
    ],
    [
      'breaks off',
      ({ socket }, response) => {
        response.writeHead(200, { 'content-type': 'video/mp4', 'content-length': '9' }).flushHeaders();
        socket.end();
      },
      503,
      'UPSTREAM_UNAVAILABLE',
      /^The connection to the storage host 127\.0\.0\.1 failed for .+\.$/,
    ],
  ])('is named when it %s', async (_, answer, status, code, message) => {
    const told = await startAnswered(answer);
    expect(await fail(told)).toMatchObject({ status, code, message: expect.stringMatching(message) });
  });

  it('is no part of the exchange with Graph, which ends with the redirect', async () => {
    const told = await startAnswered((_, response) => response.writeHead(404).end());
    expect(await fail(told)).toMatchObject({ status: 404, code: 'NOT_FOUND' });
    const outcomes = told.gateway
      .logged()
      .matchAll(/"request":"GET [^"]*\/content"[^}]*"outcome":(\d+)/g)
      .map(([, outcome]) => outcome);
    expect([...outcomes]).toEqual(['302']);
  });
});
