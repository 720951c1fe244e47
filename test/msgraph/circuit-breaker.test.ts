import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { GraphError } from '../../src/msgraph/error.ts';
import { FAILURE, GOOD, THROTTLED, openGate } from '../support/gate.ts';
import type { OpenGate } from '../support/gate.ts';

/** Fails requests to Graph until the circuit opens. */
function kill({ gate, sender }: OpenGate): void {
  gate.want(sender);
  for (let failures = 0; failures < 10; failures += 1) gate.done(FAILURE);
}

describe('The circuit toward Graph', () => {
  it('opens after ten consecutive failures, and rejects waiting requests at once', () => {
    const setting = openGate();
    kill(setting);
    const { gate, clock, sent, givenUp } = setting;
    const before = sent.length;
    expect(givenUp).toMatchObject([[Infinity, { reason: 'unreachable', retryAfterMs: 2_000 }]]);
    expect(gate.refusal(clock.steadyMs() + 9_000)).toMatchObject({ reason: 'unreachable', retryAfterMs: 2_000 });
    clock.advance(1_999);
    expect(sent).toHaveLength(before);
  });

  it('rejects a request at the gate that was made before it opened', () => {
    const setting = openGate();
    kill(setting);
    const late: unknown[] = [];
    setting.gate.want({ send: () => 0, isIdle: () => late.length > 0, giveUp: (_, error) => late.push(error) });
    expect(late).toMatchObject([{ reason: 'unreachable', retryAfterMs: 2_000 }]);
  });

  it('keeps a request waiting during a trial, and sends it when the trial succeeds', () => {
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

  it('tries one request after each pause, doubles the pause up to 30 seconds, and closes after a success', () => {
    const setting = openGate();
    kill(setting);
    const { gate, clock, sent } = setting;
    // The requests in flight fail too.
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

  it('stays closed when only one or two resources fail, however often', () => {
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

  it('allows one trial at a time, whatever becomes of earlier requests', () => {
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

  it('allows one trial while hanging requests occupy all of the concurrency, and no second one meanwhile', () => {
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

  it.each([
    ['stays closed when ten failures take 30 seconds', 30_000, false],
    ['opens when ten failures take less', 29_999, true],
  ])('%s', (_, tookMs, isOpen) => {
    const { gate, clock, sender } = openGate();
    gate.want(sender);
    for (let failures = 0; failures < 9; failures += 1) gate.done(FAILURE);
    clock.advance(tookMs);
    gate.done(FAILURE);
    expect(gate.refusal(Infinity) !== null).toBe(isOpen);
  });

  it('asks for a wait of at least a second', () => {
    const setting = openGate();
    kill(setting);
    setting.clock.advance(1_500);
    expect(setting.gate.refusal(Infinity)).toMatchObject({ retryAfterMs: 1_000 });
  });

  it('waits for the response of a trial without a timer', async () => {
    const setting = openGate();
    kill(setting);
    setting.clock.advance(2_000);
    const due = setting.clock.waiting(0).then(() => 'a timer');
    expect(await Promise.race([due, setImmediate('nothing')])).toBe('nothing');
  });

  it('opens despite abandoned requests between the failures, but not despite a throttled response', () => {
    const { gate, sender } = openGate();
    gate.want(sender);
    for (let answer = 0; answer < 20; answer += 1) gate.done(answer % 2 === 0 ? FAILURE : null);
    // Ten failures would suffice, but a different response interrupts them.
    const { gate: other, sender: another } = openGate();
    other.want(another);
    for (let answer = 0; answer < 12; answer += 1)
      other.done(answer === 5 ? { ...THROTTLED, parts: 1, throttled: 1 } : FAILURE);
    expect(gate.refusal(0)).toBeInstanceOf(GraphError);
    expect(other.refusal(Infinity)).toBeNull();
  });
});
