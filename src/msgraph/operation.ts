/** Operations of callers, with their deadlines and budgets. */
import type { Clock } from '../clock.ts';
import { BudgetError, GraphError } from './error.ts';

/** One operation of a caller: its ids, deadline and budgets, which apply to every request made for it. */
export interface Operation {
  /** Sent to Graph as `client-request-id`. */
  readonly requestId: string;
  /** Identifies the caller, for turns when Graph takes less than is requested. All its operations have the same. */
  readonly caller: string;
  /** The trace it belongs to, or whatever else the observer of exchanges knows it by. Opaque to all other code. */
  readonly trace?: unknown;
  /** Aborts when the caller has left or the deadline has passed; pending requests then reject with its reason. */
  readonly signal: AbortSignal;
  /** The waiters, told when the signal aborts. A listener on the signal for each takes longer than most requests. */
  readonly leaving: Set<{ readonly leave: () => void }>;
  /** The deadline, by `steadyMs` of the clock. */
  readonly deadlineMs: number;
  /** Charges one request to Graph, batched or not. Throws a `BudgetError` when either budget is used up. */
  spend(): void;
  /**
   * Whether one more request may be prefetched, which may turn out to be in vain; if so, it is counted. At most a
   * quarter of the requests may be prefetched, and none once half of them are spent.
   */
  readonly mayPrefetch: () => boolean;
  /** Charges its share of an HTTP request to Graph: 1 for the whole, less when others share it. */
  exchanged(share: number): void;
  /** The error once the budget of HTTP requests is used up; null before. */
  exhausted(): BudgetError | null;
  /** Ends the operation: its caller has a response or has left. Work that only it wanted stops. */
  end(): void;
}

interface OperationLimits {
  /** How long the operation may take from now on. */
  readonly timeoutMs: number;
  /** How many requests to Graph it may cause, a part of a batch counting as one. */
  readonly graphRequests: number;
  /** How many HTTP requests to Graph it may cause. A batch counts as one, and each try counts. */
  readonly httpRequests: number;
}

export interface OperationOptions {
  /** Sent to Graph as `client-request-id`. */
  readonly requestId: string;
  readonly limits: OperationLimits;
  readonly clock: Clock;
  /** The same for all operations of one caller; null where callers are not distinguished, and each operation is one. */
  readonly caller: string | null;
  /** The trace that it belongs to, passed on unread. */
  readonly trace?: unknown;
  /** How much of its time was over before it began, in milliseconds; none by default. */
  readonly waitedMs?: number;
}

/** Less than this of an HTTP request is a rounding error of summed fractions. */
const ROUNDING = 1e-6;

/** Shared: nearly every operation ends without waiters, and an error of its own would cost more than the end. */
const LEFT = new GraphError('The caller disconnected before Microsoft Graph responded.', { reason: 'timeout' });

/** Begins an operation. Called once for each GraphQL operation, before any request to Graph is made for it. */
export function createOperation({
  requestId,
  limits,
  clock,
  caller,
  trace,
  waitedMs = 0,
}: OperationOptions): Operation {
  const controller = new AbortController();
  const leaving: Operation['leaving'] = new Set();
  controller.signal.addEventListener('abort', () => leaving.forEach((waiter) => waiter.leave()), { once: true });
  const leftMs = limits.timeoutMs - waitedMs;
  const timeOut = (): void => {
    const what = leftMs > 0 ? 'Microsoft Graph did not respond' : 'The gateway was too busy to begin the operation';
    const message = `${what} within the ${limits.timeoutMs} ms that one operation may take. Request less at once, or retry.`;
    controller.abort(new GraphError(message, { reason: 'timeout' }));
  };
  const cancelTimeout = clock.after(leftMs, timeOut);
  // Before anything is requested in vain.
  if (leftMs <= 0) timeOut();
  let left = limits.graphRequests;
  let httpLeft = limits.httpRequests;
  let prefetched = 0;
  /** Shared by all loads beyond the budget: an error for each would cost more than the load. */
  let spent: BudgetError | null = null;

  function exhausted(): BudgetError | null {
    if (httpLeft > ROUNDING) return null;
    spent ??= new BudgetError(
      `The operation needs more HTTP requests to Microsoft Graph than allowed (${limits.httpRequests}); a batch of up to 20 counts as one. Use a smaller "first", or query fewer lists in one operation.`,
    );
    return spent;
  }

  return {
    requestId,
    caller: caller ?? requestId,
    trace,
    signal: controller.signal,
    leaving,
    deadlineMs: clock.steadyMs() + leftMs,
    exchanged(share) {
      httpLeft -= share;
    },
    exhausted,
    spend() {
      const tooMany = exhausted();
      if (tooMany !== null) throw tooMany;
      if (left === 0) {
        spent ??= new BudgetError(
          `The operation needs more requests to Microsoft Graph than allowed (${limits.graphRequests}). Select fewer fields that load data from Microsoft Graph, or use a smaller "first".`,
        );
        throw spent;
      }
      left -= 1;
    },
    mayPrefetch() {
      if (left <= limits.graphRequests / 2 || prefetched >= limits.graphRequests / 4) return false;
      prefetched += 1;
      return true;
    },
    end() {
      cancelTimeout();
      controller.abort(LEFT);
    },
  };
}
