import { describe, expect, it } from 'vitest';
import { GraphError } from '../../src/msgraph/error.ts';
import { FAILURE, GOOD, THROTTLED, openGate } from '../support/gate.ts';
import type { OpenGate } from '../support/gate.ts';

/** Lets Graph fail until it is taken for dead. */
function kill({ gate, sender }: OpenGate): void {
  gate.want(sender);
  for (let failures = 0; failures < 10; failures += 1) gate.done(FAILURE);
}

describe('A dead Graph', () => {
  it('is left alone after ten failures in a row, and who would wait is told at once', () => {
    const setting = openGate();
    kill(setting);
    const { gate, clock, sent, givenUp } = setting;
    const before = sent.length;
    expect(givenUp).toMatchObject([[Infinity, { reason: 'unreachable', retryAfterMs: 2_000 }]]);
    expect(gate.refusal(clock.steadyMs() + 9_000)).toMatchObject({ reason: 'unreachable', retryAfterMs: 2_000 });
    clock.advance(1_999);
    expect(sent).toHaveLength(before);
  });

  it('is left alone too by what was asked before and comes to the gate after, which is told so', () => {
    const setting = openGate();
    kill(setting);
    const late: unknown[] = [];
    setting.gate.want({ send: () => 0, isIdle: () => late.length > 0, giveUp: (_, error) => late.push(error) });
    expect(late).toMatchObject([{ reason: 'unreachable', retryAfterMs: 2_000 }]);
  });

  it('is waited for by what comes while it is tried, which goes when the trial is answered', () => {
    const setting = openGate();
    kill(setting);
    const { gate, clock, sent } = setting;
    for (let stale = sent.length - 10; stale > 0; stale -= 1) gate.done(FAILURE);
    clock.advance(2_000);
    const told: string[] = [];
    gate.want({
      send: () => told.push('sent'),
      isIdle: () => told.length > 0,
      giveUp: () => told.push('given up'),
    });
    expect(told).toEqual([]);
    gate.done(GOOD);
    expect(told).toEqual(['sent']);
  });

  it('is tried with one request, left alone for twice as long each time, and asked again when that is answered', () => {
    const setting = openGate();
    kill(setting);
    const { gate, clock, sent } = setting;
    // Those that were in flight fail too.
    for (let stale = sent.length - 10; stale > 0; stale -= 1) gate.done(FAILURE);
    const { length: before } = sent;
    for (const pauseMs of [2_000, 4_000, 8_000, 16_000, 30_000, 30_000]) {
      const { length } = sent;
      clock.advance(pauseMs - 1);
      expect(sent).toHaveLength(length);
      clock.advance(1);
      expect(sent).toHaveLength(length + 1);
      expect(gate.refusal(Infinity)).toMatchObject({ reason: 'unreachable' });
      gate.done(FAILURE);
    }
    clock.advance(30_000);
    gate.done(GOOD);
    expect(gate.refusal(Infinity)).toBeNull();
    expect(sent.length).toBeGreaterThan(before + 7);
  });

  it('is not taken for dead by the trouble of one thing or two, however often that is', () => {
    const { gate, sender } = openGate();
    gate.want(sender);
    for (let failures = 0; failures < 40; failures += 1) {
      gate.done({ ...FAILURE, about: failures % 2 === 0 ? '/users/a' : '/users/b' });
      gate.done({ ...FAILURE, about: '/users/b' });
    }
    expect(gate.refusal(Infinity)).toBeNull();
    gate.done({ ...FAILURE, about: '/users/c' });
    expect(gate.refusal(Infinity)).not.toBeNull();
  });

  it('is tried by one request at a time, whatever still fails of those from before', () => {
    const setting = openGate();
    kill(setting);
    const { gate, clock, sent } = setting;
    const stale = sent.length - 10;
    expect(stale).toBeGreaterThan(0);
    clock.advance(2_000);
    const before = sent.length;
    for (let answer = 0; answer < stale; answer += 1) gate.done(answer === 0 ? null : FAILURE);
    clock.advance(2_000);
    expect(sent).toHaveLength(before);
    gate.done(GOOD);
    expect(sent.length).toBeGreaterThan(before);
  });

  it('is tried though all that may be in flight is held by requests that hang, and again though they still do', () => {
    const { gate, clock, sent, sender } = openGate(16);
    gate.want(sender);
    for (let answer = 0; answer < 12; answer += 1) gate.done(GOOD);
    for (let failures = 0; failures < 10; failures += 1) {
      gate.done(FAILURE);
      clock.advance(failures < 9 ? 1_000 : 0);
    }
    const trials = sent.length;
    clock.advance(2_000);
    expect(sent).toHaveLength(trials + 1);
    clock.advance(60_000);
    expect(sent).toHaveLength(trials + 1);
  });

  it('is not taken for dead by a failure now and then', () => {
    const { gate, clock, sender } = openGate();
    gate.want(sender);
    for (let failures = 0; failures < 40; failures += 1) {
      gate.done(FAILURE);
      clock.advance(4_000);
    }
    expect(gate.refusal(Infinity)).toBeNull();
  });

  it('is not taken for dead by what nobody waited for, nor by refusals', () => {
    const { gate, sender } = openGate();
    gate.want(sender);
    for (let answer = 0; answer < 20; answer += 1) gate.done(answer % 2 === 0 ? FAILURE : null);
    // Ten failures would be enough: here one answer of another kind is among them.
    const { gate: other, sender: another } = openGate();
    other.want(another);
    for (let answer = 0; answer < 12; answer += 1)
      other.done(answer === 5 ? { ...THROTTLED, parts: 1, throttled: 1 } : FAILURE);
    expect(gate.refusal(0)).toBeInstanceOf(GraphError);
    expect(other.refusal(Infinity)).toBeNull();
  });
});
