/** One subscription of a router: sends events to its address, one after the other, until either side ends it. */
import type { FormattedExecutionResult } from 'graphql';
import { nothingToCancel } from '../../clock.ts';
import type { Clock } from '../../clock.ts';
import { INTERNAL_ERROR } from '../../internal-error.ts';
import type { CallbackMessage, CallbackTarget, Delivery, RouterClient } from './router.ts';
import type { StreamLifetime } from './stream-lifetime.ts';

interface RelayParts {
  readonly target: CallbackTarget;
  readonly router: RouterClient;
  /** The subscription's lifetime, left at its end. */
  readonly lifetime: StreamLifetime;
  /** Aborts when the process shuts down. */
  readonly closing: AbortSignal;
  readonly clock: Clock;
  /** The interval in which the router expects a message; 0 for never. */
  readonly heartbeatIntervalMs: number;
  readonly answers: () => AsyncGenerator<FormattedExecutionResult, void>;
}

export interface Relay {
  /** Aborts when the relay is abandoned. */
  readonly signal: AbortSignal;
  /** Begins to send. Does nothing once abandoned. */
  begin(): void;
  /** Ends without notifying the router. */
  abandon(): void;
  /** Resolves when it has ended, with the outcome of the last message but `complete`. Rejects when the answers fail. */
  readonly ended: Promise<Delivery>;
}

/**
 * A router expects a message within each of its intervals. A heartbeat after a whole interval would be too late:
 * https://www.apollographql.com/docs/graphos/routing/operations/subscriptions/callback-protocol#main-loop
 */
const HEARTBEATS_PER_INTERVAL = 4 / 3;

/** Sent at shutdown: a router sees no connection break, and would wait forever. */
const GOING_AWAY = {
  message: 'This gateway replica is shutting down. Subscribe again with the latest token.',
  extensions: { code: 'UPSTREAM_UNAVAILABLE' },
};

const NOT_TAKEN = {
  message: 'The router did not accept an event in time. Subscribe again with the latest token.',
  extensions: { code: 'UPSTREAM_UNAVAILABLE' },
};

const FAILED = {
  message: `${INTERNAL_ERROR} Subscribe again with the latest token.`,
  extensions: { code: 'INTERNAL_SERVER_ERROR' },
};

/** Creates a relay that has not begun. */
export function createRelay(parts: RelayParts): Relay {
  const { target, router, lifetime, closing, clock } = parts;
  const cut = new AbortController();
  const ended = Promise.withResolvers<Delivery>();
  let hasBegun = false;
  let cancelHeartbeat = nothingToCancel;
  /** The last message's outcome. The first that is not taken is the last. */
  let last: Delivery = { outcome: 'taken', status: null };

  async function send(message: CallbackMessage): Promise<void> {
    const delivery = await router.send(target, message, cut.signal);
    if (last.outcome !== 'taken') return;
    last = delivery;
    if (delivery.outcome !== 'taken') lifetime.leave();
  }

  function beat(): void {
    if (parts.heartbeatIntervalMs === 0) return;
    cancelHeartbeat = clock.after(Math.floor(parts.heartbeatIntervalMs / HEARTBEATS_PER_INTERVAL), () => {
      void send({ action: 'check' });
      beat();
    });
  }

  /** Sends all answers. Returns the errors that end the subscription, if any. */
  async function sendResults(): Promise<readonly object[]> {
    for await (const answer of parts.answers()) {
      // An answer without data reports the end of the subscription itself.
      if (!('data' in answer)) return answer.errors ?? [];
      await send({ action: 'next', payload: answer });
      if (last.outcome !== 'taken') break;
    }
    return closing.aborted ? [GOING_AWAY] : [];
  }

  /** Ends, with `complete` to a router that still wants it. */
  async function end(errors: readonly object[]): Promise<void> {
    cancelHeartbeat();
    lifetime.leave();
    if (cut.signal.aborted || last.outcome === 'gone') return;
    const reported = last.outcome === 'failed' ? [NOT_TAKEN] : errors;
    await router.send(target, { action: 'complete', ...(reported.length > 0 ? { errors: reported } : {}) }, cut.signal);
  }

  async function run(): Promise<void> {
    beat();
    let errors: readonly object[] = [FAILED];
    try {
      errors = await sendResults();
    } finally {
      await end(errors);
    }
  }

  return {
    signal: cut.signal,
    ended: ended.promise,
    begin() {
      if (hasBegun || cut.signal.aborted) return;
      hasBegun = true;
      run().then(() => ended.resolve(last), ended.reject);
    },
    abandon() {
      cancelHeartbeat();
      last = { outcome: 'gone', status: null };
      cut.abort();
      lifetime.leave();
      if (!hasBegun) ended.resolve(last);
    },
  };
}
