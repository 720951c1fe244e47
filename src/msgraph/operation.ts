import type { Clock } from './clock.ts';
import { BudgetError, GraphError } from './error.ts';

/** What one operation of a caller brings to every request that is made for it. */
export interface Operation {
  /** Travels to Graph as `client-request-id`. */
  readonly requestId: string;
  /** Who takes turns with others when there is more to ask than Graph takes: the same for all operations of one caller. */
  readonly caller: string;
  /** The trace that it belongs to, or whatever else who watches over the exchanges knows it by. Nobody else looks into it. */
  readonly trace?: unknown;
  /** Aborts when the caller has left or the time is up; its reason is the error that then stands in for each answer. */
  readonly signal: AbortSignal;
  /** What each who waits for an answer has done when the signal aborts. To listen to the signal takes longer than to ask for most things. */
  readonly leaving: Set<() => void>;
  /** When the time is up, by `steadyMs` of the clock. */
  readonly deadlineMs: number;
  /** Counts one request to Graph, a part of a batch counting as one. Throws a `BudgetError` when there is none left, of those or of HTTP requests. */
  spend(): void;
  /**
   * Says whether one request more may be made that may turn out to be in vain, and counts it as one of those. There are a quarter of all
   * requests at most, and none as soon as half of all is spent.
   */
  readonly mayAskAhead: () => boolean;
  /** Counts what of an HTTP request to Graph is made for it: 1 for the whole, less where others share it. */
  exchanged(share: number): void;
  /** The error for whatever would need one more HTTP request; null while there is something left of them. */
  exhausted(): BudgetError | null;
  /** The operation is over: its caller has an answer or has left. Work that only it wanted stops. */
  end(): void;
}

interface OperationLimits {
  /** How long the operation may take from now on. */
  readonly timeoutMs: number;
  /** How many requests to Graph it may cause, a part of a batch counting as one. */
  readonly graphRequests: number;
  /** How many HTTP requests to Graph may be made for it, a batch counting as one, and each try. */
  readonly httpRequests: number;
}

export interface OperationOptions {
  /** Travels to Graph as `client-request-id`. */
  readonly requestId: string;
  readonly limits: OperationLimits;
  readonly clock: Clock;
  /** Who asks, by what is the same for all their operations; null where callers are not told apart, and each operation counts as one. */
  readonly caller: string | null;
  /** The trace that it belongs to, handed on unread. */
  readonly trace?: unknown;
}

/** Less than this of an HTTP request is what is left by adding up fractions. */
const ROUNDING = 1e-6;

/** One for all: nearly every operation ends with nobody waiting, and an error of its own would cost more than the end. */
const LEFT = new GraphError('The caller left before Microsoft Graph had answered.', { reason: 'timeout' });

/** Begins an operation: called once for each GraphQL operation, before anything is asked of Graph for it. */
export function createOperation({ requestId, limits, clock, caller, trace }: OperationOptions): Operation {
  const controller = new AbortController();
  const leaving = new Set<() => void>();
  controller.signal.addEventListener('abort', () => leaving.forEach((leave) => leave()), { once: true });
  const cancelTimeout = clock.after(limits.timeoutMs, () =>
    controller.abort(
      new GraphError(
        `Microsoft Graph did not answer within the ${limits.timeoutMs} ms that one operation may take. Ask for less at once, or try again.`,
        { reason: 'timeout' },
      ),
    ),
  );
  let left = limits.graphRequests;
  let httpLeft = limits.httpRequests;
  let askedAhead = 0;
  /** One for all loads that come too late: each of its own would cost more than the load. */
  let spent: BudgetError | null = null;

  function exhausted(): BudgetError | null {
    if (httpLeft > ROUNDING) return null;
    spent ??= new BudgetError(
      `The operation needs more than the ${limits.httpRequests} HTTP requests to Microsoft Graph that one operation may cause, a batch of up to 20 counting as one. Ask for less at once: a smaller "first", or fewer lists in one operation.`,
    );
    return spent;
  }

  return {
    requestId,
    caller: caller ?? requestId,
    trace,
    signal: controller.signal,
    leaving,
    deadlineMs: clock.steadyMs() + limits.timeoutMs,
    exchanged(share) {
      httpLeft -= share;
    },
    exhausted,
    spend() {
      const tooMany = exhausted();
      if (tooMany !== null) throw tooMany;
      if (left === 0) {
        spent ??= new BudgetError(
          `The operation needs more than the ${limits.graphRequests} requests to Microsoft Graph that one operation may cause. Ask for less at once: fewer fields that load, or a smaller "first".`,
        );
        throw spent;
      }
      left -= 1;
    },
    mayAskAhead() {
      if (left <= limits.graphRequests / 2 || askedAhead >= limits.graphRequests / 4) return false;
      askedAhead += 1;
      return true;
    },
    end() {
      cancelTimeout();
      controller.abort(LEFT);
    },
  };
}
