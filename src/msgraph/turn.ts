/** Requests that go by themselves, and their turns at the gate. */
import { createFairQueue } from './fair-queue.ts';
import type { Gate, Sender } from './gate.ts';
import type { Operation } from './operation.ts';
import type { GraphError } from './error.ts';

/** One request that waits. */
interface Waiting {
  readonly deadlineMs: number;
  readonly go: () => void;
  readonly giveUp: (error: GraphError) => void;
}

/**
 * Creates what waits at the gate, as one sender however many wait, in turns of their callers. It resolves when one request may
 * go; whoever has waited tells the gate what came of it. It rejects with the reason of the operation's signal when that aborts
 * before, and with a `GraphError` when there is no hope in time.
 */
export function createTurns(gate: Gate): (operation: Operation) => Promise<void> {
  const left = new WeakSet<Waiting>();
  const queue = createFairQueue<Waiting>((waiting) => !left.has(waiting));
  const sender: Sender = {
    send() {
      const [next] = queue.take(1);
      next?.go();
      return next === undefined ? 0 : 1;
    },
    giveUp(untilMs, error) {
      for (const waiting of queue.takeWhere(({ deadlineMs }) => deadlineMs <= untilMs)) waiting.giveUp(error);
    },
  };

  return async ({ signal, deadlineMs, caller }) => {
    signal.throwIfAborted();
    const refusal = gate.refusal(deadlineMs);
    if (refusal !== null) throw refusal;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiting: Waiting = { deadlineMs, go: resolve, giveUp: reject };
    const onAbort = (): void => {
      left.add(waiting);
      reject(signal.reason);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    queue.add(caller, waiting);
    gate.want(sender);
    try {
      await promise;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  };
}
