import { inspect } from 'node:util';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createForgettingCache } from '../../src/msgraph/credentials/forgetting-cache.ts';
import { createDrivenClock } from '../support/clock.ts';
import type { DrivenClock } from '../support/clock.ts';

interface TestCache {
  readonly clock: DrivenClock;
  /** Gets the value under a secret, which is valid for this long from now. Returns whether it was created. */
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

describe('A cache entry under a secret', () => {
  it('is created once and kept', () => {
    const { creates } = createTestCache();
    expect([creates('a'), creates('b'), creates('a')]).toEqual([true, true, false]);
  });

  it('expires with its secret, and is not extended by use', () => {
    const { creates, clock } = createTestCache();
    creates('a', 1_000);
    clock.advance(999);
    expect(creates('a', 5_000)).toBe(false);
    clock.advance(1);
    expect(creates('a')).toBe(true);
  });

  it('is evicted when it is the least recently used one', () => {
    const { creates } = createTestCache(2);
    for (const secret of ['a', 'b', 'a', 'c']) creates(secret);
    expect([creates('a'), creates('c'), creates('b')]).toEqual([false, false, true]);
  });

  it('has its own expiry when it replaces an evicted entry', () => {
    const { creates, clock } = createTestCache(1);
    creates('a', 1_000);
    creates('b', 1_000);
    creates('a', 5_000);
    clock.advance(4_999);
    expect(creates('a')).toBe(false);
    clock.advance(1);
    expect(creates('a')).toBe(true);
  });

  it('is returned when the secret has already expired, but not kept', () => {
    const { creates, clock } = createTestCache();
    expect(creates('a', -30_000)).toBe(true);
    clock.advance(0);
    expect(creates('a')).toBe(true);
  });

  it('expires after the longest time of a timer when its secret is valid for years', () => {
    const { creates, clock } = createTestCache();
    creates('a', 10 * 365 * 24 * 60 * 60_000);
    clock.advance(2 ** 31 - 2);
    expect(creates('a')).toBe(false);
    clock.advance(1);
    expect(creates('a')).toBe(true);
  });

  it('is not kept when its creation failed', () => {
    const clock = createDrivenClock();
    const cache = createForgettingCache<string>({ capacity: 2, clock });
    expect(() => cache.get('a', clock.now() + 1_000, () => expect.fail('no value'))).toThrow('no value');
    expect(cache.get('a', clock.now() + 1_000, () => 'a value')).toBe('a value');
  });
});

it('The cache stores no secret as a key', () => {
  // The only way to see the keys of a private Map.
  const set = vi.spyOn(Map.prototype, 'set');
  onTestFinished(() => set.mockRestore());
  createForgettingCache<number>({ capacity: 1, clock: createDrivenClock() }).get('a-marked-secret', 1, () => 1);
  expect(set).toHaveBeenCalledOnce();
  expect(inspect(set.mock.calls)).not.toContain('a-marked-secret');
});
