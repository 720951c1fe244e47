import { inspect } from 'node:util';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createForgettingCache } from '../../src/msgraph/forgetting-cache.ts';
import { createDrivenClock } from '../support/clock.ts';
import type { DrivenClock } from '../support/clock.ts';

interface TestCache {
  readonly clock: DrivenClock;
  /** Asks for the value under a secret, which is good for so long from now; tells whether it had to be created. */
  readonly creates: (secret: string, forMs?: number) => boolean;
}

function createTestCache(capacity = 2): TestCache {
  const clock = createDrivenClock();
  const cache = createForgettingCache<string>({ capacity, clock });
  return {
    clock,
    creates(secret, forMs = 1_000) {
      let isCreated = false;
      const value = cache.get(secret, clock.now() + forMs, () => {
        isCreated = true;
        return `of ${secret}`;
      });
      expect(value).toBe(`of ${secret}`);
      return isCreated;
    },
  };
}

describe('A value that belongs to a secret', () => {
  it('is created once, and kept', () => {
    const { creates } = createTestCache();
    expect([creates('a'), creates('b'), creates('a')]).toEqual([true, true, false]);
  });

  it('is forgotten when the secret expires, and not kept longer for being asked for', () => {
    const { creates, clock } = createTestCache();
    creates('a', 1_000);
    clock.advance(999);
    expect(creates('a', 5_000)).toBe(false);
    clock.advance(1);
    expect(creates('a')).toBe(true);
  });

  it('makes room for another when it has been asked for least lately', () => {
    const { creates } = createTestCache(2);
    for (const secret of ['a', 'b', 'a', 'c']) creates(secret);
    expect([creates('a'), creates('c'), creates('b')]).toEqual([false, false, true]);
  });

  it('keeps its own time when it succeeds another under the same secret', () => {
    const { creates, clock } = createTestCache(1);
    creates('a', 1_000);
    creates('b', 1_000);
    creates('a', 5_000);
    clock.advance(4_999);
    expect(creates('a')).toBe(false);
    clock.advance(1);
    expect(creates('a')).toBe(true);
  });

  it('that has expired already is given all the same, and forgotten at once', () => {
    const { creates, clock } = createTestCache();
    expect(creates('a', -30_000)).toBe(true);
    clock.advance(0);
    expect(creates('a')).toBe(true);
  });

  it('that is good for years waits no longer than a timer can', () => {
    const { creates, clock } = createTestCache();
    creates('a', 10 * 365 * 24 * 60 * 60_000);
    clock.advance(2 ** 31 - 2);
    expect(creates('a')).toBe(false);
    clock.advance(1);
    expect(creates('a')).toBe(true);
  });

  it('is not kept when it could not be created', () => {
    const clock = createDrivenClock();
    const cache = createForgettingCache<string>({ capacity: 2, clock });
    expect(() => cache.get('a', clock.now() + 1_000, () => expect.fail('no value'))).toThrow('no value');
    expect(cache.get('a', clock.now() + 1_000, () => 'a value')).toBe('a value');
  });
});

it('A cache shows no secret', () => {
  // There is no other way to see the keys of a Map that is closed over.
  const set = vi.spyOn(Map.prototype, 'set');
  onTestFinished(() => set.mockRestore());
  createForgettingCache<number>({ capacity: 1, clock: createDrivenClock() }).get('a-marked-secret', 1, () => 1);
  expect(set).toHaveBeenCalledOnce();
  expect(inspect(set.mock.calls)).not.toContain('a-marked-secret');
});
