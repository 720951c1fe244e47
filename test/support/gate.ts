/** A gate for requests to Graph with a driven clock, and what has passed it. */
import { createGate } from '../../src/msgraph/admission/gate.ts';
import type { Done, Gate, Sender } from '../../src/msgraph/admission/gate.ts';
import type { Outcome } from '../../src/msgraph/admission/outcome.ts';
import type { GraphError } from '../../src/msgraph/error.ts';
import { createDrivenClock } from './clock.ts';
import type { DrivenClock } from './clock.ts';

/** The users whom the parts of each request are about. */
const PATHS = Array.from({ length: 20 }, (_, user) => `/users/${user}`);

export const GOOD: Outcome = {
  kind: () => 'batch',
  parts: 20,
  throttled: 0,
  paths: PATHS,
  throttledPaths: [],
  retryAfterMs: null,
  isFailure: false,
  about: null,
  durationMs: 50,
};
export const FAILURE: Outcome = { ...GOOD, isFailure: true };
export const THROTTLED: Outcome = { ...GOOD, throttled: 20, throttledPaths: PATHS, retryAfterMs: 3_000 };

export interface OpenGate {
  readonly gate: Gate & {
    /** Reports the outcome of the oldest request in flight. */
    readonly done: Done;
  };
  readonly clock: DrivenClock;
  /** How many parts each sent request had, in order. */
  readonly sent: number[];
  /** Each call of `giveUp`: until when, and the error. */
  readonly givenUp: [number, GraphError][];
  readonly sender: Sender;
  /** The callbacks of the requests in flight, the oldest first. */
  readonly inFlight: Done[];
}

export interface WatchedGate {
  readonly gate: Gate;
  /** The reported outcome of each request. */
  readonly told: (Outcome | null)[];
  /** How often its only sender was called to send. */
  readonly asked: () => number;
}

/** A gate for one sender, with a record of the calls between them. */
export function watchGate(mostRequests: number): WatchedGate {
  const whole = createGate({ clock: createDrivenClock(), mostRequests });
  const told: (Outcome | null)[] = [];
  let asked = 0;
  let watched: Sender | null = null;
  const watch = (sender: Sender): Sender => ({
    ...sender,
    send(mostParts, done) {
      asked += 1;
      return sender.send(mostParts, (outcome) => {
        told.push(outcome);
        done(outcome);
      });
    },
  });
  return {
    told,
    asked: () => asked,
    gate: {
      ...whole,
      want: (sender) => whole.want((watched ??= watch(sender))),
      leave() {
        if (watched !== null) whole.leave(watched);
      },
    },
  };
}

/** A gate, and a sender that always has more to send. */
export function openGate(mostRequests = 8): OpenGate {
  const clock = createDrivenClock();
  const gate = createGate({ clock, mostRequests });
  const inFlight: Done[] = [];
  const sent: number[] = [];
  const givenUp: [number, GraphError][] = [];
  const sender: Sender = {
    send(mostParts, done) {
      sent.push(mostParts);
      inFlight.push(done);
      return mostParts;
    },
    isIdle: () => false,
    giveUp: (untilMs, error) => givenUp.push([untilMs, error]),
  };
  return { gate: { ...gate, done: (outcome) => inFlight.shift()?.(outcome) }, clock, sent, givenUp, sender, inFlight };
}
