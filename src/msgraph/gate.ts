/** What all requests to Graph go through: whose turn it is, and how much may go at present. */
import { MAX_PARTS } from './batch.ts';
import { createCircuit } from './circuit.ts';
import type { CircuitState } from './circuit.ts';
import type { Clock } from './clock.ts';
import { nothingToCancel } from './clock.ts';
import { GraphError } from './error.ts';
import type { Outcome } from './outcome.ts';
import { createPace } from './pace.ts';

/** Called once, later, with what came of a request; null for one that came to nothing because nobody waited for it. */
export type Done = (outcome: Outcome | null) => void;

/** Somebody who has something to send. */
export interface Sender {
  /** Sends one request with up to so many parts, and says how many it has; 0 when there is nothing left to send, or what is left is held back until the sender wants again. */
  readonly send: (mostParts: number, done: Done) => number;
  /** Whether there is nothing left to send. */
  readonly isIdle: () => boolean;
  /** Gives up what cannot wait until then, by `steadyMs` of the clock, with this error in its place. */
  readonly giveUp: (untilMs: number, error: GraphError) => void;
}

export interface Gate {
  /** Whether Graph is asked at present. */
  circuit(): CircuitState;
  /** Has the sender send, in turns with the others, until it has nothing left or holds it back. */
  want(sender: Sender): void;
  /** Lets go of a sender that has nothing left to send, because nobody waits for it any more. */
  leave(sender: Sender): void;
  /** The error for whoever has until `deadlineMs` and would wait in vain; null where there is hope. */
  refusal(deadlineMs: number): GraphError | null;
}

/** Creates the gate for one application in one tenant: Graph counts the requests of all callers as the application's. */
export function createGate(options: { readonly clock: Clock; readonly mostRequests: number }): Gate {
  const { clock } = options;
  const pace = createPace(options);
  const circuit = createCircuit(clock);
  /** In the order in which it is their turn. */
  const waiting = new Set<Sender>();
  let cancelWake = nothingToCancel;

  function throttled(untilMs: number): GraphError {
    return new GraphError(
      'Microsoft Graph has asked this application to wait for longer than the operation can. Try again later.',
      { reason: 'status', status: 429, retryAfterMs: untilMs - clock.steadyMs() },
    );
  }

  function wakeUpInTime(): void {
    cancelWake();
    cancelWake = nothingToCancel;
    if (waiting.size === 0) return;
    const inMs = circuit.mayPass() ? pace.roomInMs(isTrial()) : circuit.passesInMs();
    if (inMs !== null) cancelWake = clock.after(inMs, pass);
  }

  const isTrial = (): boolean => circuit.state() !== 'closed';

  function pass(): void {
    let parts = 0;
    for (const sender of waiting) {
      parts = circuit.mayPass() ? pace.room(isTrial()) : 0;
      if (parts === 0) break;
      let openedBefore = 0;
      const sent = sender.send(Math.min(parts, MAX_PARTS), (outcome) => done(outcome, openedBefore));
      // Who holds back what they have keep their turn.
      if (sent === 0 && !sender.isIdle()) continue;
      waiting.delete(sender);
      if (sent === 0) continue;
      openedBefore = circuit.sent();
      pace.sent(sent);
      // Behind the others, if there is more to send.
      if (!sender.isIdle()) waiting.add(sender);
    }
    wakeUpInTime();
  }

  function done(outcome: Outcome | null, openedBefore: number): void {
    const wasPausedUntilMs = pace.pausedUntilMs();
    circuit.replied(outcome, openedBefore);
    pace.replied(outcome);
    const dead = circuit.refusal();
    if (dead !== null) for (const sender of waiting) sender.giveUp(Infinity, dead);
    const pausedUntilMs = pace.pausedUntilMs();
    if (pausedUntilMs > wasPausedUntilMs)
      for (const sender of waiting) sender.giveUp(pausedUntilMs, throttled(pausedUntilMs));
    pass();
  }

  return {
    circuit: () => circuit.state(),
    want(sender) {
      // What was asked when Graph was asked still, and comes only now: it would wait as vainly as what has waited.
      const dead = circuit.state() === 'open' ? circuit.refusal() : null;
      if (dead !== null) sender.giveUp(Infinity, dead);
      if (sender.isIdle()) return;
      waiting.add(sender);
      pass();
    },
    leave(sender) {
      waiting.delete(sender);
    },
    refusal(deadlineMs) {
      const untilMs = pace.pausedUntilMs();
      return circuit.refusal() ?? (untilMs >= deadlineMs ? throttled(untilMs) : null);
    },
  };
}
