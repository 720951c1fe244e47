import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { at } from '../support/gateway.ts';
import { startGround } from './over-graph.ts';
import type { Ground } from './over-graph.ts';

const OPERATIONS = 200;

/** Sends a document, and advances the clock by each wait. Gives the code of the first error. */
async function ask({ clock, gateway }: Ground, document: string): Promise<unknown> {
  const answer = gateway.query(document);
  async function due(delayMs: number): Promise<number> {
    await clock.waiting(delayMs);
    return delayMs;
  }
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- one wait after the other
    const delayMs = await Promise.race([answer.then(() => null), ...[250, 500, 1_000].map(due)]);
    if (delayMs === null) return at(await answer, 'errors.0.extensions.code');
    clock.advance(delayMs);
  }
}

describe('While Graph answers every request with 503', () => {
  it('retries add at most a fifth plus ten requests, and soon hardly any request is sent', async () => {
    const ground = await startGround({ tenant: { users: OPERATIONS, meetings: 0, recordings: 0 } });
    const { clock, emulator } = ground;
    emulator.fail({ kind: 'status', status: 503, times: Infinity });
    const codes = new Set<unknown>();
    for (const { id } of emulator.tenant.users) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      codes.add(await ask(ground, `{ user(id: "${id}") { displayName } }`));
      clock.advance(100);
    }
    const first = new Set(emulator.requests.map(({ url }) => url)).size;
    const again = emulator.requests.length - first;
    expect([...codes]).toEqual(['UPSTREAM_UNAVAILABLE']);
    expect(again).toBeGreaterThan(0);
    expect(again).toBeLessThanOrEqual(0.2 * first + 10);
    expect(emulator.requests.length).toBeLessThan(OPERATIONS / 10);
  });
});

describe('While Graph answers one of two resources with 503', () => {
  it('retries add at most a fifth plus ten requests', async () => {
    const ground = await startGround({ tenant: { users: OPERATIONS, meetings: 1, recordings: 0 } });
    const { emulator } = ground;
    const [meeting] = emulator.tenant.meetings;
    emulator.fail({ kind: 'status', status: 503, times: Infinity, match: { pathPattern: '/users/[^/]+$' } });
    // The other field, which is answered, shows that Graph is up.
    const unharmed = `onlineMeeting(organizerId: "${meeting?.organizerId}", id: "${meeting?.id}") { subject }`;
    for (const { id } of emulator.tenant.users) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect(await ask(ground, `{ user(id: "${id}") { displayName } ${unharmed} }`)).toBe('UPSTREAM_UNAVAILABLE');
    }
    const first = emulator.requests.filter(({ parts }) => parts).length;
    const again = emulator.requests.length - first;
    expect(first).toBe(OPERATIONS);
    expect(again).toBeGreaterThan(10);
    expect(again).toBeLessThanOrEqual(0.2 * first + 10);
  });
});

describe('Throttled requests, however many', () => {
  it('are never retried before their own Retry-After', async () => {
    const ground = await startGround({ tenant: { users: 20, meetings: 0, recordings: 0 } });
    const { clock, emulator, gateway } = ground;
    const { users } = emulator.tenant;
    for (const [place, { id }] of users.entries())
      emulator.fail({ kind: 'status', status: 429, retryAfterSeconds: 1 + (place % 5), match: { path: id } });
    const fields = users.map(({ id }, place) => `u${place}: user(id: "${id}") { displayName }`).join(' ');
    const answer = gateway.query(`{ ${fields} }`);
    // Parts refused together are retried together, when the last of them may be.
    await clock.waiting(5_000);
    clock.advance(4_999);
    await setImmediate();
    expect(emulator.requests).toHaveLength(1);
    clock.advance(1);
    expect(await answer).not.toHaveProperty('errors');
    expect(emulator.requests.map(({ parts }) => parts?.length)).toEqual([20, 20]);
  });
});
