/** A gate before Graph whose clock stands still, and what came through. */
import type { GraphError } from '../../src/msgraph/error.ts';
import { createGate } from '../../src/msgraph/gate.ts';
import type { Gate, Sender } from '../../src/msgraph/gate.ts';
import type { Outcome } from '../../src/msgraph/pace.ts';
import { createDrivenClock } from './clock.ts';
import type { DrivenClock } from './clock.ts';

export const GOOD: Outcome = {
  parts: 20,
  throttled: 0,
  retryAfterMs: null,
  isFailure: false,
  about: null,
  durationMs: 50,
};
export const FAILURE: Outcome = { ...GOOD, isFailure: true };
export const THROTTLED: Outcome = { ...GOOD, throttled: 20, retryAfterMs: 3_000 };

export interface OpenGate {
  readonly gate: Gate;
  readonly clock: DrivenClock;
  /** How many parts each request had that was sent, in order. */
  readonly sent: number[];
  /** What was given up, and why. */
  readonly givenUp: [number, GraphError][];
  readonly sender: Sender;
}

/** A gate, and somebody who has more to send than can ever go. */
export function openGate(mostRequests = 8): OpenGate {
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
