import { describe, expect, it } from 'vitest';
import { GraphError } from '../../src/msgraph/error.ts';
import { createGate } from '../../src/msgraph/gate.ts';
import type { Gate, Sender } from '../../src/msgraph/gate.ts';
import type { Outcome } from '../../src/msgraph/pace.ts';
import { createDrivenClock } from '../support/clock.ts';
import type { DrivenClock } from '../support/clock.ts';
import { startGraph } from '../support/graph.ts';

const GOOD: Outcome = { parts: 20, throttled: 0, retryAfterMs: null, isFailure: false, durationMs: 50 };
const FAILURE: Outcome = { ...GOOD, isFailure: true };
const THROTTLED: Outcome = { ...GOOD, throttled: 20, retryAfterMs: 3_000 };

interface Setting {
  readonly gate: Gate;
  readonly clock: DrivenClock;
  /** How many parts each request had that was sent, in order. */
  readonly sent: number[];
  /** What was given up, and why. */
  readonly givenUp: [number, GraphError][];
  readonly sender: Sender;
}

/** A gate, and somebody who has more to send than can ever go. */
function open(mostRequests = 8): Setting {
  const clock = createDrivenClock();
  const gate = createGate({ clock, mostRequests });
  const sent: number[] = [];
  const givenUp: [number, GraphError][] = [];
  const sender: Sender = {
    send(mostParts) {
      sent.push(mostParts);
      return mostParts;
    },
    giveUp: (untilMs, error) => givenUp.push([untilMs, error]),
  };
  return { gate, clock, sent, givenUp, sender };
}

/** Lets Graph fail until it is taken for dead. */
function kill({ gate, sender }: Setting): void {
  gate.want(sender);
  for (let failures = 0; failures < 10; failures += 1) gate.done(FAILURE);
}

describe('How much may be in flight', () => {
  it('is four requests to begin with, one more for each good answer, and never more than is allowed', () => {
    const { gate, sent, sender } = open(8);
    gate.want(sender);
    const seen = [sent.length];
    for (let answer = 0; answer < 6; answer += 1) {
      gate.done(GOOD);
      seen.push(sent.length - (answer + 1));
    }
    expect(seen).toEqual([4, 5, 6, 7, 8, 8, 8]);
    expect(new Set(sent)).toEqual(new Set([20]));
  });

  it('is halved when Graph fails, once for what fails together, and then grows by one for each round', () => {
    const { gate, sent, sender } = open(8);
    gate.want(sender);
    for (let answer = 0; answer < 4; answer += 1) gate.done(GOOD);
    const inFlight = (): number => sent.length - done;
    let done = 4;
    const answer = (outcome: Outcome): number => {
      done += 1;
      gate.done(outcome);
      return inFlight();
    };
    expect(inFlight()).toBe(8);
    expect([answer(FAILURE), answer(FAILURE), answer(FAILURE), answer(FAILURE)]).toEqual([7, 6, 5, 4]);
    expect([answer(GOOD), answer(GOOD), answer(GOOD), answer(GOOD), answer(GOOD)]).toEqual([4, 4, 4, 4, 5]);
  });

  it('is less when answers take much longer than usual', () => {
    const { gate, sent, sender } = open(4);
    gate.want(sender);
    gate.done(GOOD);
    gate.done({ ...GOOD, durationMs: 5_000 });
    expect(sent.length - 2).toBe(3);
  });
});

describe('A dead Graph', () => {
  it('is left alone after ten failures in a row, and who would wait is told at once', () => {
    const setting = open();
    kill(setting);
    const { gate, clock, sent, givenUp } = setting;
    const before = sent.length;
    expect(givenUp).toMatchObject([[Infinity, { reason: 'unreachable', retryAfterMs: 2_000 }]]);
    expect(gate.refusal(clock.now() + 9_000)).toMatchObject({ reason: 'unreachable', retryAfterMs: 2_000 });
    clock.advance(1_999);
    expect(sent).toHaveLength(before);
  });

  it('is tried with one request, left alone for twice as long each time, and asked again when that is answered', () => {
    const setting = open();
    kill(setting);
    const { gate, clock, sent } = setting;
    // Those that were in flight fail too.
    while (sent.length > 10) {
      gate.done(FAILURE);
      sent.pop();
    }
    for (const pauseMs of [2_000, 4_000, 8_000, 16_000, 30_000, 30_000]) {
      const before = sent.length;
      clock.advance(pauseMs - 1);
      expect(sent).toHaveLength(before);
      clock.advance(1);
      expect(sent).toHaveLength(before + 1);
      expect(gate.refusal(Infinity)).toMatchObject({ reason: 'unreachable' });
      gate.done(FAILURE);
    }
    clock.advance(30_000);
    gate.done(GOOD);
    expect(gate.refusal(Infinity)).toBeNull();
    expect(sent.length).toBeGreaterThan(17);
  });

  it('is not taken for dead by a failure now and then', () => {
    const { gate, clock, sender } = open();
    gate.want(sender);
    for (let failures = 0; failures < 40; failures += 1) {
      gate.done(FAILURE);
      clock.advance(4_000);
    }
    expect(gate.refusal(Infinity)).toBeNull();
  });

  it('is not taken for dead by what nobody waited for, nor by refusals', () => {
    const { gate, sender } = open();
    gate.want(sender);
    for (let answer = 0; answer < 20; answer += 1) gate.done(answer % 2 === 0 ? FAILURE : null);
    // Ten failures would be enough: here one answer of another kind is among them.
    const { gate: other, sender: another } = open();
    other.want(another);
    for (let answer = 0; answer < 12; answer += 1)
      other.done(answer === 5 ? { ...THROTTLED, parts: 1, throttled: 1 } : FAILURE);
    expect(gate.refusal(0)).toBeInstanceOf(GraphError);
    expect(other.refusal(Infinity)).toBeNull();
  });
});

describe('A Graph that throttles', () => {
  it('is left alone by everybody for as long as it asks, and who cannot wait so long is told at once', () => {
    const { gate, clock, sent, sender, givenUp } = open();
    gate.want(sender);
    gate.done(THROTTLED);
    const before = sent.length;
    clock.advance(2_999);
    expect(sent).toHaveLength(before);
    expect(givenUp).toMatchObject([[clock.now() + 1, { status: 429, retryAfterMs: 3_000 }]]);
    expect(gate.refusal(clock.now() + 1)).toMatchObject({ status: 429, retryAfterMs: 1 });
    expect(gate.refusal(clock.now() + 2)).toBeNull();
    clock.advance(1);
    expect(sent.length).toBeGreaterThan(before);
  });

  it('is asked as before by others when it has refused one thing in a quiet time', () => {
    const { gate, clock, sent, sender } = open();
    gate.want(sender);
    const before = sent.length;
    gate.done({ ...THROTTLED, parts: 1, throttled: 1 });
    expect(sent.length).toBeGreaterThan(before);
    expect(gate.refusal(clock.now())).toBeNull();
  });
});

describe('Turns', () => {
  it('are taken by callers, so that little is not kept waiting by much', async () => {
    const graph = await startGraph({ concurrency: 1, tenant: { users: 45, meetings: 0, recordings: 0 } });
    const [greedy, modest] = ['greedy', 'modest'].map((caller) => ({ ...graph.operation(), caller }));
    if (greedy === undefined || modest === undefined) throw new Error('Expected two.');
    const hold = graph.emulator.hold({ path: '/users/' });
    const paths = graph.userPaths(45);
    const answers = [graph.client.get(String(paths[0]), greedy)];
    await hold.arrived(1);
    answers.push(...paths.slice(1, 44).map((path) => graph.client.get(path, greedy)));
    answers.push(graph.client.get(String(paths[44]), modest));
    hold.release();
    await Promise.all(answers);
    expect(graph.emulator.requests[1]?.parts?.map(({ url }) => url).slice(0, 2)).toEqual([paths[1], paths[44]]);
  });

  it('are taken by the clients of one application, one request each', () => {
    const { gate } = open(1);
    const order: string[] = [];
    for (const [name, requests] of [
      ['one', 3],
      ['another', 2],
    ] as const) {
      let left: number = requests;
      gate.want({
        send() {
          if (left === 0) return 0;
          left -= 1;
          order.push(name);
          return 1;
        },
        giveUp: () => undefined,
      });
    }
    for (let answer = 0; answer < 5; answer += 1) gate.done({ ...GOOD, parts: 1 });
    // The first went before the other was there.
    expect(order).toEqual(['one', 'one', 'another', 'one', 'another']);
  });
});
