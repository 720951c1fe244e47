/** A hanging worker is detected by its unanswered pings. */
import { describe, expect, it } from 'vitest';
import { startPings } from '../src/workers/pings.ts';
import { createReplacements } from '../src/workers/replacements.ts';
import { createDrivenClock } from './support/clock.ts';

/** Pings a worker that responds at once until it hangs. */
function pingOne() {
  const clock = createDrivenClock();
  const worker = { hangs: false, pinged: 0, givenUp: 0 };
  const pings = startPings({
    clock,
    send() {
      worker.pinged += 1;
      if (!worker.hangs) pings.answered();
    },
    giveUp() {
      worker.givenUp += 1;
    },
  });
  function pass(intervals: number): void {
    for (let interval = 0; interval < intervals; interval += 1) clock.advance(5_000);
  }
  return { clock, pings, worker, pass };
}

describe('A worker', () => {
  it('is pinged every five seconds, and not disturbed while it responds', () => {
    const { clock, worker, pass } = pingOne();
    clock.advance(4_999);
    expect(worker.pinged).toBe(0);
    clock.advance(1);
    pass(99);
    expect(worker).toEqual({ hangs: false, pinged: 100, givenUp: 0 });
  });

  it('is reported as hung once, after six consecutive pings without a response within five seconds each', () => {
    const { worker, pass } = pingOne();
    pass(3);
    worker.hangs = true;
    pass(6);
    expect(worker).toEqual({ hangs: true, pinged: 9, givenUp: 0 });
    pass(1);
    expect(worker).toEqual({ hangs: true, pinged: 9, givenUp: 1 });
    pass(20);
    expect(worker).toEqual({ hangs: true, pinged: 9, givenUp: 1 });
  });

  it('has six pings again after a response to the last one', () => {
    const { worker, pings, pass } = pingOne();
    worker.hangs = true;
    pass(6);
    pings.answered();
    pass(6);
    expect(worker.givenUp).toBe(0);
  });

  it('is not reported as hung for the time in which its primary was suspended', () => {
    const { clock, worker, pass } = pingOne();
    worker.hangs = true;
    pass(1);
    clock.advance(3_600_000);
    expect(worker).toEqual({ hangs: true, pinged: 2, givenUp: 0 });
  });

  it('is not pinged after it has gone', () => {
    const { worker, pings, pass } = pingOne();
    worker.hangs = true;
    pass(2);
    pings.stop();
    pass(20);
    expect(worker).toEqual({ hangs: true, pinged: 2, givenUp: 0 });
  });

  it('is counted by the reason of its replacement', () => {
    const replacements = createReplacements();
    replacements.count('silent');
    replacements.count('silent');
    expect(replacements.read().split('\n').slice(1, 4)).toEqual([
      '# TYPE gateway_workers_replaced_total counter',
      'gateway_workers_replaced_total{reason="ended"} 0',
      'gateway_workers_replaced_total{reason="silent"} 2',
    ]);
  });
});
