import { connect } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { createGateway } from '../../src/gateway.ts';
import { createDrivenClock } from '../support/clock.ts';
import { createTestStore } from '../support/gateway.ts';
import { createCapturedLog } from '../support/log.ts';

async function isAccepted(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const accepted = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
  });
  socket.destroy();
  return accepted;
}

it('A draining gateway is not ready, but accepts work until the drain delay is over', async () => {
  const clock = createDrivenClock();
  const gateway = await createGateway({
    store: createTestStore(),
    config: readConfig({ PORT: '0', PLAYGROUND: 'false' }),
    graph: {
      origin: 'http://127.0.0.1:9',
      getToken: () => Promise.resolve('a-token'),
      onBehalfOf: null,
      description: 'nothing',
    },
    log: createCapturedLog().log,
    clock,
  });
  onTestFinished(() => gateway.close());
  const closed = gateway.close(5_000);
  await clock.waiting(5_000);
  clock.advance(4_999);

  const readiness = await fetch(`${gateway.url}/readyz`);
  expect(readiness.status).toBe(503);
  // Makes a client that reuses connections reconnect to another replica.
  expect(readiness.headers.get('connection')).toBe('close');
  const answer = await fetch(`${gateway.url}/graphql?query={__typename}`);
  expect(await answer.json()).toEqual({ data: { __typename: 'Query' } });
  const events = await fetch(`${gateway.url}/graphql?query={__typename}`, { headers: { accept: 'text/event-stream' } });
  expect(await events.text()).toContain('event: complete');
  expect(await isAccepted(gateway.url)).toBe(true);

  clock.advance(1);
  await closed;
  expect(await isAccepted(gateway.url)).toBe(false);
});
