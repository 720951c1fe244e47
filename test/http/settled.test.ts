/** The steps of a request from its turn to its response, and how it is settled. */
import type { IncomingMessage } from 'node:http';
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
  /** The steps, in order. */
  readonly seen: readonly string[];
}

/** Starts an endpoint that does not trust one document, over a schema with one field. */
async function startDoor(): Promise<Door> {
  const { log } = createCapturedLog();
  const seen: string[] = [];
  const overload = createOverload({ longestDelayMs: 500 });
  const app = createApp(log, systemClock);
  app.addHook('onRequest', async (_, reply) => void reply.raw.once('close', () => seen.push('closed')));
  const end = (): void => void seen.push('ended');
  app.addHook('onSend', async (_, reply) => {
    if (reply.raw.listeners('close').includes(end)) seen.push('listens');
  });
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
      open(_requestId: string, _request: IncomingMessage, waitedMs = 0) {
        seen.push(`opened after ${waitedMs} ms`);
        return { context: {}, end, freshForMs: () => 0 };
      },
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
    waitingRoom: {
      async enter() {
        seen.push('waits');
        return { waitedMs: 7, end: () => seen.push('turn over') };
      },
    },
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
  // None of the work of an answer was done for a refused one.
  expect(seen.find((step) => step === 'closed' || step.endsWith('answered'))).toBe(settled);
});

it('An operation is opened when its turn has come, which is over once it is answered', async () => {
  const { url, seen } = await startDoor();
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: '{"query":"{ known }"}' });
  expect(await response.json()).toEqual({ data: { known: null } });
  await expect.poll(() => seen).toContain('closed');
  expect(seen.slice(0, 2)).toEqual(['waits', 'opened after 7 ms']);
  expect(seen.slice(2)).toEqual(expect.arrayContaining(['answered', 'turn over', 'ended', 'closed']));
});

it('The reply, which is older than the operation, refers to nothing of it but its end', async () => {
  const { url, seen } = await startDoor();
  const headers = { 'content-type': 'application/json' };
  await fetch(`${url}/graphql`, { method: 'POST', headers, body: '{"query":"{ known }"}' });
  expect(seen).toContain('listens');
});

it('A document that is not trusted needs no turn', async () => {
  const { url, seen } = await startDoor();
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: '{"query":"{ untrusted }"}' });
  expect(await response.json()).toEqual({ errors: [{ message: 'It is not trusted.' }] });
  expect(seen).not.toContain('waits');
});
