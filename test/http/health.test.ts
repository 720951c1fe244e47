import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { readConfig } from '../../src/config.ts';
import { createGateway } from '../../src/gateway.ts';
import type { Gateway } from '../../src/gateway.ts';
import { GraphError } from '../../src/msgraph/error.ts';
import { startChain } from '../support/chain.ts';
import { createDrivenClock } from '../support/clock.ts';
import { createTestStore } from '../support/gateway.ts';
import { createCapturedLog } from '../support/log.ts';

/** A gateway over a Graph that is never called. */
async function startGateway(getToken: () => Promise<string>): Promise<Gateway> {
  const gateway = await createGateway({
    store: createTestStore(),
    config: readConfig({ PORT: '0', PLAYGROUND: 'false' }),
    graph: { origin: 'http://127.0.0.1:9', getToken, onBehalfOf: null, description: 'nothing' },
    log: createCapturedLog().log,
    clock: systemClock,
  });
  let closed: Promise<void> | null = null;
  const close = (): Promise<void> => (closed ??= gateway.close());
  onTestFinished(close);
  return { ...gateway, close };
}

async function statusOf(gateway: Gateway, path: string): Promise<[number, unknown]> {
  const response = await fetch(gateway.url + path);
  return [response.status, await response.json()];
}

describe('The gateway', () => {
  it('is alive and ready when it can serve', async () => {
    const gateway = await startGateway(() => Promise.resolve('a-token'));
    expect(await statusOf(gateway, '/healthz')).toEqual([200, { status: 'alive' }]);
    expect(await statusOf(gateway, '/readyz')).toEqual([200, { status: 'ready' }]);
  });

  it('is alive but not ready without a token for Graph, and becomes ready with one', async () => {
    const refused = new GraphError('No access token could be had.', { reason: 'token' });
    let token = (): Promise<string> => Promise.reject(refused);
    const gateway = await startGateway(() => token());
    expect(await statusOf(gateway, '/healthz')).toEqual([200, { status: 'alive' }]);
    expect(await statusOf(gateway, '/readyz')).toEqual([503, { status: 'not ready' }]);
    token = () => Promise.resolve('a-token');
    expect(await statusOf(gateway, '/readyz')).toEqual([200, { status: 'ready' }]);
  });

  it('has in its log that no token can be had once a minute, and another reason for it at once', async () => {
    const clock = createDrivenClock();
    const chain = await startChain({}, { clock });
    async function linesAfter(code: number, ms: number): Promise<number> {
      clock.advance(ms);
      chain.entra.settings.tokens = { error: 'invalid_client', code, description: 'No.' };
      expect((await fetch(`${chain.url}/readyz`)).status).toBe(503);
      return chain.logged().split('no access token for Microsoft Graph').length - 1;
    }
    expect(await linesAfter(7_000_215, 0)).toBe(1);
    expect(await linesAfter(7_000_215, 59_000)).toBe(1);
    expect(await linesAfter(7_000_215, 1_000)).toBe(2);
    expect(await linesAfter(7_000_222, 1_000)).toBe(3);
    // That it is not ready is no line to be left out.
    expect(chain.logged()).toMatch(/"level":"info",[^{}]*"path":"\/readyz","status":503/);
  });

  it.each([
    ['/healthz', 200, 'alive'],
    ['/readyz', 503, 'not ready'],
  ])('answers %s with %i over a connection that is still open when it drains', async (path, status, words) => {
    const gateway = await startGateway(() => Promise.resolve('a-token'));
    const { hostname, port } = new URL(gateway.url);
    const connection = connect(Number(port), hostname);
    // One request and the beginning of the next: when the first is answered, both have arrived.
    connection.write(`GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\nGET ${path} HTTP/1.1\r\nhost: localhost\r\n`);
    await once(connection, 'data');
    const closed = gateway.close();
    connection.write('\r\n');
    const answer = await text(connection);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer).toContain(`{"status":"${words}"}`);
    expect(answer.toLowerCase()).toContain('connection: close');
    await closed;
  });
});
