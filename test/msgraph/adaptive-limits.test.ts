/** The parts per second that a throttling Graph is sent, as the gate learns them from its responses. */
import { describe, expect, it } from 'vitest';
import type { Sender } from '../../src/msgraph/admission/gate.ts';
import type { Outcome } from '../../src/msgraph/admission/outcome.ts';
import { FAILURE, GOOD, THROTTLED, openGate } from '../support/gate.ts';
import type { OpenGate } from '../support/gate.ts';

const REFUSED: Outcome = { ...THROTTLED, retryAfterMs: null };

const times = (count: number, outcome: Outcome): Outcome[] => Array.from({ length: count }, () => outcome);

/** How many parts are sent in the next second, while each request is answered at once, the first one with `first`. */
function partsInNextSecond({ gate, clock, sent, inFlight }: OpenGate, first: Outcome = GOOD): number {
  let next = first;
  const before = sent.length;
  for (let passedMs = 0; passedMs < 1_000; passedMs += 10) {
    clock.advance(10);
    while (inFlight.length > 0) {
      gate.done(next);
      next = { ...GOOD, parts: sent.at(-inFlight.length) ?? 0 };
    }
  }
  return sent.slice(before).reduce((sum, parts) => sum + parts, 0);
}

describe('After a refusal, Graph is sent in a second', () => {
  it.each([
    ['slightly less than it had accepted', [...times(5, GOOD), REFUSED], 100],
    ['what it accepted, without failures', [...times(5, GOOD), ...times(5, FAILURE), REFUSED], 100],
    ['what it accepted until the last response of that second', [...times(5, GOOD), REFUSED, ...times(5, GOOD)], 200],
  ])('%s', (_, outcomes, perSecond) => {
    const setting = openGate(64);
    setting.gate.want(setting.sender);
    for (const outcome of outcomes) setting.gate.done(outcome);
    setting.clock.advance(1_000);
    const parts = partsInNextSecond(setting);
    expect(parts).toBeGreaterThan(0.85 * perSecond);
    expect(parts).toBeLessThanOrEqual(perSecond);
  });
});

/** A source of one request. */
function createLoneSender({ inFlight, sent }: OpenGate): Sender {
  let isIdle = false;
  return {
    send(_mostParts, done) {
      isIdle = true;
      sent.push(1);
      inFlight.push(done);
      return 1;
    },
    isIdle: () => isIdle,
    giveUp() {
      isIdle = true;
    },
  };
}

/** Of a batch, the parts about a quarter of the users are refused. */
const USERS_REFUSED: Outcome = { ...THROTTLED, throttled: 5, throttledPaths: GOOD.paths.slice(0, 5) };

/** A request about one user is refused. */
const USER_REFUSED: Outcome = {
  ...THROTTLED,
  parts: 1,
  throttled: 1,
  paths: GOOD.paths.slice(0, 1),
  throttledPaths: GOOD.paths.slice(0, 1),
};

/** A gate that has learnt a rate of a hundred parts per second. */
function openLearnt(): OpenGate {
  const setting = openGate(64);
  setting.gate.want(setting.sender);
  for (const outcome of [...times(5, GOOD), REFUSED]) setting.gate.done(outcome);
  setting.clock.advance(1_000);
  return setting;
}

describe('A learnt rate', () => {
  it('grows although Graph refuses one user each second', () => {
    const setting = openLearnt();
    const seen = Array.from({ length: 200 }, () => partsInNextSecond(setting, USER_REFUSED));
    expect(Math.min(...seen)).toBeGreaterThan(85);
    expect(seen.at(-1)).toBeGreaterThan(300);
  });

  it('stops growing when Graph refuses several users', () => {
    const setting = openLearnt();
    const seen = Array.from({ length: 200 }, () => partsInNextSecond(setting, USERS_REFUSED));
    expect(Math.min(...seen)).toBeGreaterThan(85);
    expect(Math.max(...seen)).toBeLessThan(115);
  });

  it('is kept when Graph refuses a user while little is requested', () => {
    const setting = openLearnt();
    for (let second = 0; second < 200; second += 1) partsInNextSecond(setting);
    const before = partsInNextSecond(setting);
    setting.gate.leave(setting.sender);
    while (setting.inFlight.length > 0) setting.gate.done(GOOD);
    setting.clock.advance(2_000);
    setting.gate.want(createLoneSender(setting));
    setting.gate.done(USER_REFUSED);
    setting.gate.want(setting.sender);
    expect(partsInNextSecond(setting)).toBeGreaterThan(0.9 * before);
  });
});
