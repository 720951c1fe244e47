import type { Gate } from './gate.ts';
import type { Operation } from './operation.ts';

/**
 * Waits at the gate for one request that goes by itself; whoever has waited tells the gate what came of it. Rejects with the
 * reason of the operation's signal when that aborts before, and with a `GraphError` when there is no hope in time.
 */
export async function takeTurn(gate: Gate, { signal, deadlineMs }: Operation): Promise<void> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const refusal = gate.refusal(deadlineMs);
  if (refusal !== null) throw refusal;
  let isWaiting = true;
  function leave(): void {
    isWaiting = false;
    signal.removeEventListener('abort', onAbort);
  }
  function onAbort(): void {
    leave();
    reject(signal.reason);
  }
  signal.addEventListener('abort', onAbort, { once: true });
  gate.want({
    send() {
      if (!isWaiting) return 0;
      leave();
      resolve();
      return 1;
    },
    giveUp(untilMs, error) {
      if (!isWaiting || deadlineMs > untilMs) return;
      leave();
      reject(error);
    },
  });
  return promise;
}
