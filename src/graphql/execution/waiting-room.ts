/**
 * The waiting room: operations wait here while the process has enough to do with those that have begun. To finish one
 * before another begins keeps few in memory, where each has all its requests and responses.
 */
import { onAbort } from '../../abort.ts';
import { createFairQueue } from '../../fair-queue.ts';

/** The operation that waits. */
interface Waiting {
  /** Its turns are those of its caller. */
  readonly caller: string;
  /** Aborts when it has no more time. It begins then, to say so. */
  readonly signal: AbortSignal;
}

export interface WaitingRoom {
  /** Executes an operation when its turn comes, at once if it need not wait. Settles as `execute` does. */
  run<Result>(operation: Waiting, execute: () => Result | Promise<Result>): Promise<Result>;
  /** Called for each response of Graph. */
  readonly replied: () => void;
  /** How many operations wait. */
  readonly waiting: () => number;
}

/** While fewer are in progress, none waits: requests of those in progress share batches, and equal ones a response. */
const ALWAYS = 64;
/** As many as fill some batches together. More would all be in memory before the first is finished. */
const TOGETHER = 8;

/**
 * Creates an empty waiting room. `afterTurn` calls back once, when all I/O of the current turn of the event loop has
 * been handled. A turn without any response of Graph shows that the process has time: some operations begin.
 */
export function createWaitingRoom(afterTurn: (callback: () => void) => void = setImmediate): WaitingRoom {
  const queue = createFairQueue<() => void>({});
  let inProgress = 0;
  let isWatching = false;
  let hasReplied = false;

  function watchTurn(): void {
    if (isWatching) return;
    isWatching = true;
    hasReplied = false;
    afterTurn(endTurn);
  }

  function endTurn(): void {
    isWatching = false;
    const most = Math.max(ALWAYS - inProgress, hasReplied ? 0 : TOGETHER);
    for (const begin of queue.take(most)) begin();
    if (queue.count() > 0) watchTurn();
  }

  function begun({ caller, signal }: Waiting): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const entry = queue.add(caller, begin);
    const stopListening = onAbort(signal, () => {
      queue.leave(entry);
      begin();
    });
    function begin(): void {
      stopListening();
      resolve();
    }
    watchTurn();
    return promise;
  }

  return {
    async run(operation, execute) {
      const mayBegin = operation.signal.aborted || (inProgress < ALWAYS && queue.count() === 0);
      if (!mayBegin) await begun(operation);
      inProgress += 1;
      try {
        return await execute();
      } finally {
        inProgress -= 1;
      }
    },
    replied() {
      hasReplied = true;
    },
    waiting: queue.count,
  };
}
