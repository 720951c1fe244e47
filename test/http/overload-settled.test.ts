/** A request whose document is refused with 200 is settled as unanswered: none of the work of an answer was done. */
import { ApolloServer } from '@apollo/server';
import { expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { createApp } from '../../src/http/app.ts';
import { refuseOverload } from '../../src/http/protection/overload-refusal.ts';
import { createOverload } from '../../src/http/protection/overload.ts';
import { createSlots } from '../../src/http/protection/slots.ts';
import { createCallbacks } from '../../src/http/transports/callback.ts';
import { registerGraphQL } from '../../src/http/transports/graphql.ts';
import { LISTENING } from '../../src/http/transports/live.ts';
import { createCapturedLog } from '../support/log.ts';

interface Door {
  readonly url: string;
  /** How requests were settled, and that they were closed, in order. */
  readonly seen: readonly string[];
}

/** Starts an endpoint that does not trust one document, over a schema with one field. */
async function startDoor(): Promise<Door> {
  const { log } = createCapturedLog();
  const seen: string[] = [];
  const overload = createOverload({ longestDelayMs: 500 });
  const app = createApp(log, systemClock);
  app.addHook('onRequest', async (_, reply) => void reply.raw.once('close', () => seen.push('closed')));
  const admit = refuseOverload(app, {
    ...overload,
    begin(...by) {
      const settle = overload.begin(...by);
      if (typeof settle !== 'function') return settle;
      return (how = 'answered') => {
        seen.push(how);
        settle(how);
      };
    },
  });
  const server = new ApolloServer({ typeDefs: 'type Query { known: Boolean }' });
  await server.start();
  const error = { message: 'It is not trusted.' };
  const closing = new AbortController();
  const door = {
    openSession: async () => ({
      endsAtMs: null,
      caller: null,
      open: () => ({ context: {}, end: () => {}, freshForMs: () => 0 }),
    }),
    admit,
    prepare: () => ({ errors: [error] }),
    corsOrigins: [],
    clock: systemClock,
    slots: createSlots({ inAll: 1, perCaller: 1 }, LISTENING),
    closing: closing.signal,
  };
  registerGraphQL(app, {
    ...door,
    server,
    findKnown: () => null,
    find: (request) =>
      JSON.stringify(request).includes('untrusted') ? { kind: 'refused', error } : { kind: 'brought' },
    callbacks: createCallbacks({ ...door, callbackUrls: [], log }),
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(async () => {
    overload.stop();
    closing.abort();
    await app.close();
    await server.stop();
  });
  return { url, seen };
}

it.each([
  ['one that is known', 'application/json', '{ known }', 'answered'],
  ['one that is not trusted', 'application/json', '{ untrusted }', 'unanswered'],
  ['one that is not valid', 'application/json', '{ nothing }', 'unanswered'],
  ['one that may not be executed, asked as events', 'text/event-stream', '{ nothing }', 'unanswered'],
])('Of documents, %s is settled before the response is closed', async (_, accept, query, settled) => {
  const { url, seen } = await startDoor();
  const headers = { accept, 'content-type': 'application/json' };
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) });
  expect(response.status).toBe(200);
  expect(await response.text()).toContain(settled === 'answered' ? '"data"' : '"errors"');
  expect(seen[0]).toBe(settled);
});
