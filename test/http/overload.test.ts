import { describe, expect, it } from 'vitest';
import { createOverload } from '../../src/http/protection/overload.ts';
import type { Overload, Settle } from '../../src/http/protection/overload.ts';
import { createDrivenClock } from '../support/clock.ts';

interface Setting {
  readonly overload: Overload;
  /** Begins so many requests. */
  readonly begin: (count: number) => Settle[];
  /**
   * Keeps the event loop busy for a share of the time until the next check, while `answered` requests begin and end.
   * Gives the limit after that check.
   */
  readonly look: (busy: number, answered?: number, passedMs?: number) => number;
}

/** An answer may be delayed by half a second, so there are four checks a second. */
const LOOK_MS = 250;

/** Begins a request that is not refused. */
function began(overload: Overload): Settle {
  const settle = overload.begin('http', null);
  if (typeof settle === 'function') return settle;
  throw new Error(settle.message);
}

function start(options: Partial<Parameters<typeof createOverload>[0]> = {}): Setting {
  const clock = createDrivenClock();
  let spent = { active: 700, idle: 9_000 };
  const loop = { spent: () => spent, after: (delayMs: number, callback: () => void) => clock.after(delayMs, callback) };
  const overload = createOverload({ longestDelayMs: 500, loop, random: () => 0.5, ...options });
  const begin = (count: number): Settle[] => Array.from({ length: count }, () => began(overload));
  return {
    overload,
    begin,
    look(busy, answered = 0, passedMs = LOOK_MS) {
      for (let count = 0; count < answered; count += 1) began(overload)();
      spent = { active: spent.active + busy * passedMs, idle: spent.idle + (1 - busy) * passedMs };
      clock.advance(passedMs);
      return overload.limit();
    },
  };
}

describe('The limit of open requests stays at its maximum', () => {
  it('while the event loop has a little time left, however many requests are open', () => {
    const { look, begin } = start();
    begin(1_500);
    expect(Array.from({ length: 50 }, () => look(0.94, 10))).toEqual(Array(50).fill(2_000));
  });

  it('after a spike of any length', () => {
    const { look, begin } = start();
    begin(1_000);
    const limits = [look(1, 0, 5_000), look(0.5, 100), look(1, 0, 5_000), look(0.5, 100)];
    expect(limits).toEqual(Array(4).fill(2_000));
  });

  it('and does not exceed it, however idle the process is, and however much it answers', () => {
    const { overload, look, begin } = start();
    expect([look(1, 9_000), look(1, 9_000), look(0), look(0)]).toEqual(Array(4).fill(2_000));
    begin(1_999);
    expect(overload.refusal('http')).toBeNull();
    begin(1);
    expect(overload.refusal('http')).not.toBeNull();
  });
});

describe('While the event loop is always busy, the limit', () => {
  it.each([
    { answered: 100, open: 0, limit: 200 },
    { answered: 75, open: 290, limit: 150 },
    { answered: 40, open: 0, limit: 80 },
  ])('is the number of answers in time: $limit for $answered between two checks', (given) => {
    const { look, begin } = start();
    begin(given.open);
    look(0.95, given.answered);
    expect(look(0.95, given.answered)).toBe(given.limit);
  });

  it('follows the answers since the last check but one, in proportion to the time passed', () => {
    const { look } = start();
    const limits = [look(1, 100), look(1, 100), look(1, 60), look(1, 60, 500), look(1, 100)];
    expect(limits).toEqual([2_000, 200, 160, 80, 106]);
  });

  it('is at least 32, since one request may take as long as many others', () => {
    const { look } = start();
    look(1);
    expect(look(1)).toBe(32);
  });

  it.each([
    { open: 1_000, limit: 500 },
    { open: 301, limit: 150 },
  ])('is at least half of the open requests, which may wait for Graph: $limit of $open', ({ open, limit }) => {
    const { look, begin } = start();
    begin(open);
    look(1, 50);
    expect(look(1, 50)).toBe(limit);
  });
});

it('A refused request is no longer open, and does not count as answered', () => {
  const { overload, begin, look } = start();
  for (const _ of [1, 2]) {
    const settles = begin(300);
    for (const settle of settles.slice(0, 200)) settle('unanswered');
    for (const settle of settles.slice(200)) settle();
    expect(overload.open()).toBe(0);
    look(1);
  }
  expect(overload.limit()).toBe(200);
});

it('When the event loop is no longer busy, the limit grows by a quarter with each check', () => {
  const { look } = start();
  look(1, 50);
  look(1, 50);
  expect([look(0.9, 50), look(0.9, 50), look(0.9, 50)]).toEqual([125, 157, 197]);
  expect(Array.from({ length: 11 }, () => look(0.9)).at(-1)).toBe(2_000);
});

it('A request beyond the limit is refused with a random Retry-After, and counted', () => {
  const numbers = [0, 0.99];
  const refused: string[] = [];
  const { overload, look, begin } = start({
    random: () => numbers.shift() ?? 1,
    onRefused: (door) => refused.push(door),
  });
  look(1);
  look(1);
  const ends = begin(32);
  const answers = [overload.refusal('http'), overload.refusal('websocket')];
  expect(answers.map((error) => error?.extensions)).toEqual([
    { code: 'OVERLOADED', retryAfter: 1 },
    { code: 'OVERLOADED', retryAfter: 5 },
  ]);
  ends[0]?.();
  ends[0]?.();
  expect(overload.open()).toBe(31);
  expect(overload.refusal('http')).toBeNull();
  expect(refused).toEqual(['http', 'websocket']);
});

describe('One caller', () => {
  it('has at most half of the limit while there are no others, and gets the same refusal beyond it', () => {
    const refused: string[] = [];
    const { overload } = start({ onRefused: (door) => refused.push(door) });
    const settles = Array.from({ length: 1_000 }, () => overload.begin('http', 'ada'));
    expect(settles.filter((settle) => typeof settle !== 'function')).toEqual([]);
    expect(overload.begin('http', 'ada')).toMatchObject({ extensions: { code: 'OVERLOADED', retryAfter: 3 } });
    expect(refused).toEqual(['http']);
    expect(overload.begin('websocket', 'ben')).toBeTypeOf('function');
    for (const settle of settles.slice(0, 2)) if (typeof settle === 'function') settle();
    expect(overload.begin('websocket', 'ada')).toBeTypeOf('function');
  });

  it('has a quarter of the limit once half of it is used, also of a smaller limit, and running requests continue', () => {
    const { overload, look } = start();
    for (let count = 0; count < 20; count += 1) overload.begin('http', 'ada');
    look(1);
    expect(look(1)).toBe(32);
    expect([overload.begin('http', 'ada'), overload.open()]).toMatchObject([{ extensions: {} }, 20]);
    for (let count = 0; count < 8; count += 1) expect(overload.begin('http', 'ben')).toBeTypeOf('function');
    expect(overload.begin('http', 'ben')).toMatchObject({ extensions: { code: 'OVERLOADED' } });
  });
});

it('A stopped limit no longer changes', () => {
  const { overload, look } = start();
  look(1, 100);
  overload.stop();
  expect(look(1, 100)).toBe(2_000);
});
