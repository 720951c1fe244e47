/**
 * The waiting room: operations wait here while the process has enough to do with those that have begun. To finish one
 * before another begins keeps few in memory, where each has all its requests and responses.
 */
import type { Clock } from '../../clock.ts';
import { createFairQueue } from '../../fair-queue.ts';

/** The operation that waits. */
interface Waiting {
  /** Its turns are those of its caller. */
  readonly caller: string;
  /** Calls back when the caller has left. Called only if the operation has to wait. */
  readonly onLeft: (callback: () => void) => void;
}

/** The turn of an operation. */
export interface Turn {
  /** How long it has waited. */
  readonly waitedMs: number;
  /** Called once, when it is answered. */
  readonly end: () => void;
}

export interface WaitingRoom {
  /**
   * Resolves when the operation's turn comes, at once if it need not wait. Whatever it needs is created only then: V8
   * keeps everything that an older object refers to until it collects its old memory, dead or not.
   */
  enter(operation: Waiting): Promise<Turn>;
  /** Called for each response of Graph. */
  readonly replied: () => void;
  /** How many operations wait. */
  readonly waiting: () => number;
}

export interface WaitingRoomOptions {
  readonly clock: Clock;
  /** After so long an operation has no more time. Its turn comes then, to say so. */
  readonly longestMs: number;
  /** Calls back once, when all I/O of the current turn of the event loop has been handled. */
  readonly afterTurn?: (callback: () => void) => void;
}

/** While fewer are in progress, none waits: requests of those in progress share batches, and equal ones a response. */
const ALWAYS = 32;
/** As many as fill some batches together. More would all be in memory before the first is finished. */
const TOGETHER = 8;

/**
 * Creates an empty waiting room. A turn of the event loop without any response of Graph shows that the process has time:
 * some operations begin.
 */
export function createWaitingRoom({ clock, longestMs, afterTurn = setImmediate }: WaitingRoomOptions): WaitingRoom {
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

  function turnOf({ caller, onLeft }: Waiting): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const entry = queue.add(caller, begin);
    const cancelTimeout = clock.after(longestMs, giveUp);
    onLeft(giveUp);
    function giveUp(): void {
      queue.leave(entry);
      begin();
    }
    function begin(): void {
      cancelTimeout();
      resolve();
    }
    watchTurn();
    return promise;
  }

  return {
    async enter(operation) {
      const enteredMs = clock.steadyMs();
      if (inProgress >= ALWAYS || queue.count() > 0) await turnOf(operation);
      inProgress += 1;
      return {
        waitedMs: clock.steadyMs() - enteredMs,
        end() {
          inProgress -= 1;
        },
      };
    },
    replied() {
      hasReplied = true;
    },
    waiting: queue.count,
  };
}
