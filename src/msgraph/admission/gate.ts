/** Gate: admission control for all requests to Graph, by turns, adaptive limits and circuit breaker. */
import { nothingToCancel } from '../../clock.ts';
import type { Clock } from '../../clock.ts';
import { GraphError } from '../error.ts';
import { MAX_PARTS } from '../exchange/batch.ts';
import { createAdaptiveLimits } from './adaptive-limits.ts';
import { createCircuitBreaker } from './circuit-breaker.ts';
import type { CircuitState } from './circuit-breaker.ts';
import type { Outcome } from './outcome.ts';

/** Called once, later, with the outcome of a request; null for one aborted early because nobody waited for it. */
export type Done = (outcome: Outcome | null) => void;

/** A source of requests, such as a client. */
export interface Sender {
  /**
   * Sends one request with up to `mostParts` parts and returns how many it has; 0 when nothing is left to send, or the
   * rest is held back until the sender calls `want` again.
   */
  readonly send: (mostParts: number, done: Done) => number;
  /** Whether there is nothing left to send. */
  readonly isIdle: () => boolean;
  /** Fails all requests that cannot wait until `untilMs`, by `steadyMs` of the clock, with `error`. */
  readonly giveUp: (untilMs: number, error: GraphError) => void;
}

export interface Gate {
  /** The state of the circuit breaker. */
  circuit(): CircuitState;
  /** Lets the sender send, in turns with the others, until it has nothing left or holds it back. */
  want(sender: Sender): void;
  /** Removes a sender that has nothing left to send because nobody waits for it any more. */
  leave(sender: Sender): void;
  /** The error for a request with no chance before `deadlineMs`; null when it may still be sent. */
  refusal(deadlineMs: number): GraphError | null;
}

/** Creates the gate for one application in one tenant: Graph attributes all callers' requests to the application. */
export function createGate(options: { readonly clock: Clock; readonly mostRequests: number }): Gate {
  const { clock } = options;
  const limits = createAdaptiveLimits(options);
  const circuit = createCircuitBreaker(clock);
  /** In the order of their turns. */
  const waiting = new Set<Sender>();
  let cancelWake = nothingToCancel;

  function throttled(untilMs: number): GraphError {
    return new GraphError(
      'Microsoft Graph throttles this application for longer than the operation can wait. Retry later.',
      { reason: 'status', status: 429, retryAfterMs: untilMs - clock.steadyMs() },
    );
  }

  function wakeUpInTime(): void {
    cancelWake();
    cancelWake = nothingToCancel;
    if (waiting.size === 0) return;
    const inMs = circuit.mayPass() ? limits.roomInMs(isTrial()) : circuit.passesInMs();
    if (inMs !== null) cancelWake = clock.after(inMs, pass);
  }

  const isTrial = (): boolean => circuit.state() !== 'closed';

  function pass(): void {
    let parts = 0;
    for (const sender of waiting) {
      parts = circuit.mayPass() ? limits.room(isTrial()) : 0;
      if (parts === 0) break;
      let openedBefore = 0;
      const sent = sender.send(Math.min(parts, MAX_PARTS), (outcome) => done(outcome, openedBefore));
      // A sender that holds requests back keeps its turn.
      if (sent === 0 && !sender.isIdle()) continue;
      waiting.delete(sender);
      if (sent === 0) continue;
      openedBefore = circuit.sent();
      limits.sent(sent);
      // Behind the others, if there is more to send.
      if (!sender.isIdle()) waiting.add(sender);
    }
    wakeUpInTime();
  }

  function done(outcome: Outcome | null, openedBefore: number): void {
    const wasPausedUntilMs = limits.pausedUntilMs();
    circuit.replied(outcome, openedBefore);
    limits.replied(outcome);
    const refusal = circuit.refusal();
    if (refusal !== null) for (const sender of waiting) sender.giveUp(Infinity, refusal);
    const pausedUntilMs = limits.pausedUntilMs();
    if (pausedUntilMs > wasPausedUntilMs)
      for (const sender of waiting) sender.giveUp(pausedUntilMs, throttled(pausedUntilMs));
    pass();
  }

  return {
    circuit: () => circuit.state(),
    want(sender) {
      // Requests queued before the circuit opened may arrive only now; they too would only wait to fail.
      const refusal = circuit.state() === 'open' ? circuit.refusal() : null;
      if (refusal !== null) sender.giveUp(Infinity, refusal);
      if (sender.isIdle()) return;
      waiting.add(sender);
      pass();
    },
    leave(sender) {
      waiting.delete(sender);
    },
    refusal(deadlineMs) {
      const untilMs = limits.pausedUntilMs();
      return circuit.refusal() ?? (untilMs >= deadlineMs ? throttled(untilMs) : null);
    },
  };
}
