/** The parts per second that a throttling Graph is sent, as the gate learns them from its responses. */
import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../src/msgraph/admission/outcome.ts';
import { FAILURE, GOOD, THROTTLED, openGate } from '../support/gate.ts';
import type { OpenGate } from '../support/gate.ts';

const REFUSED: Outcome = { ...THROTTLED, retryAfterMs: null };

const times = (count: number, outcome: Outcome): Outcome[] => Array.from({ length: count }, () => outcome);

/** How many parts are sent in the second after the next, while each request is answered at once. */
function partsInASecond({ gate, clock, sent, inFlight }: OpenGate): number {
  clock.advance(1_000);
  const before = sent.length;
  for (let passedMs = 0; passedMs < 1_000; passedMs += 10) {
    clock.advance(10);
    while (inFlight.length > 0) gate.done(GOOD);
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
    const parts = partsInASecond(setting);
    expect(parts).toBeGreaterThan(0.85 * perSecond);
    expect(parts).toBeLessThanOrEqual(perSecond);
  });
});
