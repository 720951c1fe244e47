/** Turn: the admission of a single request through the gate. */
import { onAbort } from '../../abort.ts';
import { createFairQueue } from '../../fair-queue.ts';
import type { GraphError } from '../error.ts';
import type { Operation } from '../operation.ts';
import type { Done, Gate, Sender } from './gate.ts';

/** One queued request. */
interface Waiting {
  readonly deadlineMs: number;
  readonly go: (done: Done) => void;
  readonly giveUp: (error: GraphError) => void;
}

/**
 * Creates a fair queue of single requests, which is one sender at the gate however many wait. The returned function
 * resolves when the request may be sent, with the function to call with its outcome. It rejects with the reason of the
 * operation's signal when that aborts first, and with a `GraphError` when the request cannot be sent in time.
 */
export function createTurns(gate: Gate): (operation: Operation) => Promise<Done> {
  const queue = createFairQueue<Waiting>({});
  const isEmpty = (): boolean => queue.count() === 0;
  const sender: Sender = {
    send(_mostParts, done) {
      const [next] = queue.take(1);
      next?.go(done);
      return next === undefined ? 0 : 1;
    },
    isIdle: isEmpty,
    giveUp(untilMs, error) {
      for (const waiting of queue.takeWhere(({ deadlineMs }) => deadlineMs <= untilMs)) waiting.giveUp(error);
      leaveIfIdle();
    },
  };

  function leaveIfIdle(): void {
    if (isEmpty()) gate.leave(sender);
  }

  return async ({ signal, deadlineMs, caller }) => {
    signal.throwIfAborted();
    const refusal = gate.refusal(deadlineMs);
    if (refusal !== null) throw refusal;
    const { promise, resolve, reject } = Promise.withResolvers<Done>();
    const waiting: Waiting = { deadlineMs, go: resolve, giveUp: reject };
    const entry = queue.add(caller, waiting);
    const stopListening = onAbort(signal, () => {
      queue.leave(entry);
      leaveIfIdle();
      reject(signal.reason);
    });
    gate.want(sender);
    try {
      return await promise;
    } finally {
      stopListening();
    }
  };
}
