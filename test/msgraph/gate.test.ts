import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../src/msgraph/admission/outcome.ts';
import { createTurns } from '../../src/msgraph/admission/turn.ts';
import { createOperation } from '../../src/msgraph/operation.ts';
import { FAILURE, GOOD, THROTTLED, openGate } from '../support/gate.ts';
import { startGraph } from '../support/graph.ts';

describe('The concurrency toward Graph', () => {
  it('starts with four requests, grows by one for each success, and never exceeds its limit', () => {
    const { gate, sent, sender } = openGate(8);
    gate.want(sender);
    const seen = [sent.length];
    for (let answer = 0; answer < 6; answer += 1) {
      gate.done(GOOD);
      seen.push(sent.length - (answer + 1));
    }
    expect(seen).toEqual([4, 5, 6, 7, 8, 8, 8]);
    expect(new Set(sent)).toEqual(new Set([20]));
  });

  it('is halved once by simultaneous failures, and then grows by one for each round of successes', () => {
    const { gate, sent, sender } = openGate(8);
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

  it('decreases when responses take much longer than usual', () => {
    const { gate, sent, sender } = openGate(4);
    gate.want(sender);
    gate.done(GOOD);
    gate.done({ ...GOOD, durationMs: 5_000 });
    expect(sent.length - 2).toBe(3);
  });
});

describe('The usual duration of a response', () => {
  it('is known for each kind of request, so a kind that is always slow does not reduce the concurrency', () => {
    const { gate, clock, sent, sender, inFlight } = openGate(8);
    gate.want(sender);
    for (let answer = 0; answer < 8; answer += 1) gate.done(GOOD);
    for (let answer = 0; answer < 8; answer += 1) {
      clock.advance(1_000);
      gate.done({ ...GOOD, kind: () => 'a list', durationMs: 5_000 });
    }
    expect(inFlight).toHaveLength(8);
    expect(sent).toHaveLength(24);
  });

  it('is forgotten for the oldest kind when there are more than a hundred', () => {
    const { gate, sent, sender } = openGate(8);
    gate.want(sender);
    // One response in eight is measured.
    for (let answer = 0; answer < 8 * 101; answer += 1) gate.done({ ...GOOD, kind: () => `${Math.floor(answer / 8)}` });
    const before = sent.length;
    gate.done({ ...GOOD, kind: () => '0', durationMs: 5_000 });
    expect(sent).toHaveLength(before + 1);
    gate.done({ ...GOOD, kind: () => '100', durationMs: 5_000 });
    expect(sent).toHaveLength(before + 1);
  });
});

describe('A throttling Graph', () => {
  it('is left alone for its Retry-After, and operations that cannot wait that long fail at once', () => {
    const { gate, clock, sent, sender, givenUp } = openGate();
    gate.want(sender);
    gate.done(THROTTLED);
    const before = sent.length;
    clock.advance(2_999);
    expect(sent).toHaveLength(before);
    expect(givenUp).toMatchObject([[clock.steadyMs() + 1, { status: 429, retryAfterMs: 3_000 }]]);
    expect(gate.refusal(clock.steadyMs() + 1)).toMatchObject({ status: 429, retryAfterMs: 1 });
    expect(gate.refusal(clock.steadyMs() + 2)).toBeNull();
    clock.advance(1);
    expect(sent.length).toBeGreaterThan(before);
  });

  it('is left alone for the longest of its waits, in any order', () => {
    const { gate, clock, sent, sender } = openGate();
    gate.want(sender);
    gate.done(THROTTLED);
    gate.done({ ...THROTTLED, retryAfterMs: 1_000 });
    const before = sent.length;
    clock.advance(2_999);
    expect(sent).toHaveLength(before);
    clock.advance(1);
    expect(sent.length).toBeGreaterThan(before);
  });

  it('is left alone by senders that hold back their requests too, and these are notified', () => {
    const { gate, sender } = openGate();
    const told: number[] = [];
    gate.want({ send: () => 0, isIdle: () => false, giveUp: (untilMs) => told.push(untilMs) });
    gate.want(sender);
    gate.done(GOOD);
    gate.done(THROTTLED);
    expect(told).toHaveLength(1);
  });

  it('is used as before after the wait, as long as nothing shows a rate limit', () => {
    const { gate, clock, sent, sender } = openGate();
    gate.want(sender);
    gate.done(THROTTLED);
    clock.advance(3_000);
    const before = sent.length;
    for (let answer = 0; answer < 50; answer += 1) gate.done(GOOD);
    expect(sent.length - before).toBeGreaterThanOrEqual(50);
    expect(new Set(sent)).toEqual(new Set([20]));
  });

  it('is tried again after five minutes, for any longer Retry-After', () => {
    const { gate, clock, sent, sender } = openGate();
    gate.want(sender);
    gate.done({ ...THROTTLED, retryAfterMs: 30 * 24 * 60 * 60_000 });
    const before = sent.length;
    clock.advance(5 * 60_000 - 1);
    expect(sent).toHaveLength(before);
    clock.advance(1);
    expect(sent.length).toBeGreaterThan(before);
  });

  it('is used as before when it has refused a single request without load', () => {
    const { gate, clock, sent, sender } = openGate();
    gate.want(sender);
    const before = sent.length;
    gate.done({ ...THROTTLED, parts: 1, throttled: 1 });
    expect(sent.length).toBeGreaterThan(before);
    expect(gate.refusal(clock.steadyMs())).toBeNull();
  });
});

/** One caller requests so many paths, another one the last of 45. Returns the batches after the first request. */
async function contend(greedyPaths: number) {
  const graph = await startGraph({ concurrency: 1, tenant: { users: 45, meetings: 0, recordings: 0 } });
  const [greedy, modest] = ['greedy', 'modest'].map((caller) => ({ ...graph.operation(), caller }));
  if (greedy === undefined || modest === undefined) throw new Error('Expected two.');
  const hold = graph.emulator.hold({ path: '/users/' });
  const paths = graph.userPaths(45);
  const answers = [graph.client.get(String(paths[0]), greedy)];
  await hold.arrived(1);
  answers.push(...paths.slice(1, greedyPaths).map((path) => graph.client.get(path, greedy)));
  answers.push(graph.client.get(String(paths[44]), modest));
  hold.release();
  await Promise.all(answers);
  return { paths, batches: graph.emulator.requests.slice(1).map(({ parts }) => parts?.map(({ url }) => url) ?? []) };
}

describe('Turns at the gate', () => {
  it('alternate between callers, so a small request does not wait for many others', async () => {
    const { paths, batches } = await contend(44);
    expect(batches[0]?.slice(0, 2)).toEqual([paths[1], paths[44]]);
  });

  it('include a request that a caller shares with another one that has many', async () => {
    const { paths, batches } = await contend(45);
    expect(batches[0]?.slice(0, 2)).toEqual([paths[1], paths[44]]);
    expect(batches.flat().filter((url) => url === paths[44])).toHaveLength(1);
  });

  it('alternate between a client and single requests, and among the callers of the latter', async () => {
    const { gate, clock, inFlight } = openGate(1);
    const takeTurn = createTurns(gate);
    const order: string[] = [];
    const take = async (caller: string): Promise<void> => {
      const limits = { timeoutMs: 60_000, graphRequests: 1, httpRequests: 1 };
      inFlight.push(await takeTurn(createOperation({ requestId: 'the-id', limits, clock, caller })));
      order.push(caller);
    };
    const waiting = [take('one'), take('one'), take('one'), take('another')];
    let left = 1;
    gate.want({
      send(_mostParts, done) {
        left -= 1;
        if (left === 0) inFlight.push(done);
        if (left === 0) order.push('a client');
        return left === 0 ? 1 : 0;
      },
      isIdle: () => left <= 0,
      giveUp: () => undefined,
    });
    for (let answer = 0; answer < 5; answer += 1) {
      await setImmediate();
      gate.done({ ...GOOD, parts: 1 });
    }
    await Promise.all(waiting);
    expect(order.indexOf('another')).toBeLessThan(4);
    expect(order.indexOf('a client')).toBeLessThan(3);
    expect(order).toHaveLength(5);
  });

  it('alternate between the clients of one application, one request each', () => {
    const { gate, inFlight } = openGate(1);
    const order: string[] = [];
    for (const [name, requests] of [
      ['one', 3],
      ['another', 2],
    ] as const) {
      let left: number = requests;
      gate.want({
        send(_mostParts, done) {
          if (left === 0) return 0;
          left -= 1;
          inFlight.push(done);
          order.push(name);
          return 1;
        },
        isIdle: () => left === 0,
        giveUp: () => undefined,
      });
    }
    for (let answer = 0; answer < 5; answer += 1) gate.done({ ...GOOD, parts: 1 });
    // The first request was sent before the other client existed.
    expect(order).toEqual(['one', 'one', 'another', 'one', 'another']);
  });
});
