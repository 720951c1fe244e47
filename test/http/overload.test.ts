import { describe, expect, it } from 'vitest';
import { createOverload } from '../../src/http/overload.ts';
import type { Overload } from '../../src/http/overload.ts';
import { createDrivenClock } from '../support/clock.ts';

interface Setting {
  readonly overload: Overload;
  /** Lets the event loop be so late at each of so many looks. */
  readonly late: (lateMs: number, looks: number) => void;
  /** How many may be open after each of so many windows of 300 ms, in each of which it is so late. */
  readonly windows: (lateMs: number, count: number) => number[];
  /** Begins so many requests. */
  readonly begin: (count: number) => (() => void)[];
}

function start(options: Partial<Parameters<typeof createOverload>[0]> = {}): Setting {
  const time = createDrivenClock();
  const overload = createOverload({ longestDelayMs: 100, time, random: () => 0.5, ...options });
  const late = (lateMs: number, looks: number): void => {
    for (let look = 0; look < looks; look += 1) time.advance(20 + lateMs);
  };
  return {
    overload,
    late,
    begin: (count) => Array.from({ length: count }, () => overload.begin()),
    windows: (lateMs, count) =>
      Array.from({ length: count }, () => {
        late(lateMs, Math.max(3, Math.ceil(300 / (20 + lateMs))));
        return overload.limit();
      }),
  };
}

describe('As many as ever may be open', () => {
  it('after a spike, however long', () => {
    const { overload, late, begin } = start();
    begin(1_000);
    for (let spike = 0; spike < 20; spike += 1) {
      late(2_000, 1);
      late(5, 1);
      late(2_000, 1);
    }
    expect(overload.limit()).toBe(2_000);
  });

  it('while everything waits for no longer than it may, however long that goes on', () => {
    expect(start().windows(100, 50).at(-1)).toBe(2_000);
  });
});

describe('While everything waits too long', () => {
  it('fewer may be open, of what was open and not of what might be, but some always', () => {
    const { windows, begin } = start();
    begin(100);
    expect(windows(101, 3)).toEqual([70, 49, 34]);
    expect(windows(5_000, 100).at(-1)).toBe(8);
  });

  it('as many may be as before while the wait is near what it may be, and more when it is half of that', () => {
    const { windows, begin } = start();
    begin(100);
    windows(101, 2);
    expect(windows(60, 3)).toEqual([49, 49, 49]);
    expect(windows(49, 3)).toEqual([62, 78, 98]);
    expect(windows(49, 30).at(-1)).toBe(2_000);
  });

  it('whoever is one too many is told when to come back, at a time that is another for each, and counted', () => {
    const numbers = [0, 0.99];
    const refused: string[] = [];
    const { overload, windows, begin } = start({
      random: () => numbers.shift() ?? 1,
      onRefused: (door) => refused.push(door),
    });
    const ends = begin(8);
    windows(101, 1);
    const answers = [overload.refusal('http'), overload.refusal('websocket')];
    expect(answers.map((error) => error?.extensions)).toEqual([
      { code: 'OVERLOADED', retryAfter: 1 },
      { code: 'OVERLOADED', retryAfter: 5 },
    ]);
    ends[0]?.();
    ends[0]?.();
    expect(overload.open()).toBe(7);
    expect(overload.refusal('http')).toBeNull();
    expect(refused).toEqual(['http', 'websocket']);
  });
});

it('2,000 may be open at most, however idle the process is', () => {
  const { overload, begin } = start();
  begin(2_000);
  expect(overload.refusal('http')).not.toBeNull();
});

it('It is looked no more when it has stopped', () => {
  const { overload, windows, begin } = start();
  begin(100);
  windows(101, 1);
  overload.stop();
  expect(windows(101, 5).at(-1)).toBe(70);
});
