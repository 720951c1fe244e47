import { performance } from 'node:perf_hooks';
import { describe, expect, it } from 'vitest';
import { createDeque } from '../src/deque.ts';
import { createFairQueue } from '../src/fair-queue.ts';

/** The time to add this many items and to take them all, in batches. */
function passMs(items: number, ownerOf: (item: number) => string): number {
  const queue = createFairQueue<number>({});
  const startedMs = performance.now();
  for (let item = 0; item < items; item += 1) queue.add(ownerOf(item), item);
  while (queue.take(20).length > 0);
  return performance.now() - startedMs;
}

describe('A fair queue', () => {
  it.each([
    ['one caller', () => 'one'],
    ['one caller per item', String],
  ] as const)('takes constant time for each item, at any length, with %s', (_, ownerOf) => {
    const hundred = (): number => Array.from({ length: 100 }, () => passMs(1_000, ownerOf)).reduce((a, b) => a + b);
    hundred();
    // The best of several runs, so that a busy machine does not distort the result.
    const few = Math.min(hundred(), hundred(), hundred());
    const many = Math.min(...[1, 2, 3].map(() => passMs(100_000, ownerOf)));
    // With linear time for each item, the ratio would be in the thousands.
    expect(many / few).toBeLessThan(60);
  });

  it('serves its owners in turn, and items that have waited before come first', () => {
    const queue = createFairQueue<string>({});
    for (const item of ['a1', 'a2', 'a3']) queue.add('a', item);
    for (const item of ['b1', 'b2']) queue.add('b', item);
    queue.addAgain(['a'], 'a0');
    expect(queue.take(4)).toEqual(['a0', 'b1', 'a1', 'b2']);
    expect(queue.take(9)).toEqual(['a2', 'a3']);
    expect(queue.count()).toBe(0);
  });

  it('takes an item of several owners once, when the first of them is next', () => {
    let waiting = 0;
    const queue = createFairQueue<string>({
      onChanged(change) {
        waiting += change;
      },
    });
    const [, , a3, a4] = ['a1', 'a2', 'a3', 'a4', 'a5'].map((item) => queue.add('a', item));
    if (a3 === undefined || a4 === undefined) throw new Error('Expected all of them to wait.');
    queue.join('b', a4);
    queue.add('b', 'b1');
    queue.join('b', a4);
    queue.join('c', a4);
    expect(waiting).toBe(6);
    expect(queue.take(2)).toEqual(['a1', 'a4']);
    // An item that was taken in the turn of another owner costs its owners no turn.
    expect(queue.take(2)).toEqual(['a2', 'b1']);
    queue.join('c', a3);
    queue.leave(a3);
    queue.join('d', a3);
    expect(queue.take(9)).toEqual(['a5']);
    expect([waiting, queue.count()]).toEqual([0, 0]);
  });

  it('returns an item to all of its owners, and takes it once', () => {
    const queue = createFairQueue<string>({});
    queue.add('a', 'a1');
    queue.add('b', 'b1');
    queue.addAgain(['b', 'a'], 'both');
    expect(queue.take(3)).toEqual(['both', 'b1', 'a1']);
    expect(queue.count()).toBe(0);
  });

  it('removes an item at once, from any position, and only once', () => {
    let waiting = 0;
    const queue = createFairQueue<string>({
      isWanted: (item) => item !== 'unwanted',
      onChanged(change) {
        waiting += change;
      },
    });
    const [first, middle, last] = ['first', 'middle', 'last'].map((item) => queue.add('a', item));
    if (first === undefined || middle === undefined || last === undefined) throw new Error('Expected all to wait.');
    queue.add('b', 'unwanted');
    queue.leave(middle);
    queue.leave(middle);
    expect(waiting).toBe(3);
    expect(queue.take(9)).toEqual(['first', 'last']);
    queue.leave(first);
    expect(waiting).toBe(0);
    queue.add('a', 'again');
    queue.leave(last);
    expect(queue.takeWhere((item) => item === 'again')).toEqual(['again']);
    expect(queue.count()).toBe(0);
  });

  it('takes an exclusive item only with others of its owner, and skips no turn for that', () => {
    const queue = createFairQueue<string>({ isExclusive: (item) => item.startsWith('!') });
    const add = (items: readonly string[]): void => {
      for (const item of items) queue.add(item.slice(-2, -1), item);
    };
    add(['a1', '!b1', 'a2', 'b2', 'c1']);
    expect(queue.take(9), 'while the exclusive one waits').toEqual(['a1', 'c1', 'a2']);
    expect(queue.take(9)).toEqual(['!b1', 'b2']);
    add(['a3', '!b3', '!a4', 'a5', '!a6', 'b4', '!c2']);
    expect(queue.take(3)).toEqual(['a3', '!a4', 'a5']);
    expect(queue.take(9)).toEqual(['!b3', 'b4']);
    add(['c3', 'd1']);
    expect(queue.take(9)).toEqual(['!c2', 'c3']);
    expect(queue.take(9)).toEqual(['!a6']);
    expect([queue.take(9), queue.take(9), queue.count()]).toEqual([['d1'], [], 0]);
  });

  it('keeps no turn for owners that have left', () => {
    const queue = createFairQueue<string>({});
    for (const place of ['a', 'b', 'c'].map((owner) => queue.add(owner, owner))) queue.leave(place);
    queue.add('c', 'c again');
    queue.add('a', 'a again');
    expect(queue.take(1)).toEqual(['c again']);
  });
});

describe('A line', () => {
  it('keeps its order when items are added and taken alternately', () => {
    const line = createDeque<number>();
    const taken: (number | undefined)[] = [];
    for (let item = 0; item < 300; item += 1) {
      line.add(item);
      // Two of three, so the number of taken items keeps growing.
      if (item % 3 > 0) taken.push(line.takeFirst());
    }
    line.addFirst(-1);
    expect(line.all().toSorted((one, other) => one - other)).toEqual([
      -1,
      ...Array.from({ length: 100 }, (_, rest) => 200 + rest),
    ]);
    expect(line.takeFirst()).toBe(-1);
    while (!line.isEmpty()) taken.push(line.takeFirst());
    expect(taken).toEqual(Array.from({ length: 300 }, (_, item) => item));
    expect(line.takeFirst()).toBeUndefined();
  });
});
