/**
 * Microsoft Graph, asked in as few requests as can be. Every request of every operation under one credential goes through
 * one client: it gathers the GETs that one moment needs into `$batch` requests, shares what is in flight, sends each change
 * by itself, and tries again what is worth it. https://learn.microsoft.com/en-us/graph/json-batching
 */
import { GraphError } from './error.ts';
import { VERSION_ROOT, createExchange } from './exchange.ts';
import type { ExchangeOptions, GraphRequest } from './exchange.ts';
import { originsOf } from './exchange-watch.ts';
import { createFairQueue } from './fair-queue.ts';
import type { FairQueue } from './fair-queue.ts';
import type { Gate, Sender } from './gate.ts';
import type { Operation } from './operation.ts';
import { isAbandonedEarly, outcomeOf } from './outcome.ts';
import { MAX_TRIES, isWorthRetrying, retryDelayMs, retryGroups } from './retry.ts';
import type { Retry, RetryBudget } from './retry.ts';

/** A request that changes something. */
export interface ChangeRequest {
  readonly method: 'POST' | 'PATCH' | 'DELETE';
  /** Below the version root, already encoded. */
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
}

export interface GraphClient {
  /** The origin of Graph, without a version. */
  readonly origin: string;
  /** The version below which every path is, `/v1.0`. */
  readonly versionRoot: string;
  /**
   * Asks for one path below the version root and answers with the body of a 2xx reply. Rejects with a `GraphError` when
   * Graph has no such answer to give, with a `BudgetError` when the operation may ask no more, and with the reason of
   * the operation's signal when that aborts first.
   */
  get(path: string, operation: Operation): Promise<unknown>;
  /**
   * Sends one change, alone and for this operation only, and answers and rejects as `get` does; undefined stands for a
   * reply without a body. Where Graph may have done it already, only a PATCH or a DELETE is tried again: sent twice they
   * have to mean the same as once.
   */
  send(request: ChangeRequest, operation: Operation): Promise<unknown>;
}

export interface GraphClientOptions extends ExchangeOptions {
  readonly origin: string;
  /** Shared by all clients of one application. While it lets nothing through, what is asked waits and fills the next batches. */
  readonly gate: Gate;
  readonly retryBudget: RetryBudget;
  /** A number from 0 to 1, for jitter. */
  readonly random: () => number;
  /** Told by how much what waits to be sent has grown or shrunk. */
  readonly onQueued?: ((change: number) => void) | undefined;
}

/** One caller that waits for a job. */
interface Waiter {
  readonly deadlineMs: number;
  readonly origin: unknown;
  settle(outcome: unknown): void;
}

/** One request whose answer somebody waits for. */
interface Job extends GraphRequest {
  /** Whose turn it takes to send it. */
  readonly caller: string;
  readonly waiters: Set<Waiter>;
  tries: number;
  /** Called when the last waiter has left while the job is being sent. */
  abandoned: () => void;
}

/** A job that failed, and is worth another try. */
interface FailedJob extends Retry {
  readonly job: Job;
  readonly error: GraphError;
}

const nobodyToTell = (): void => {};

/** Creates the client for one credential. */
export function createGraphClient(options: GraphClientOptions): GraphClient {
  const { clock, gate } = options;
  const exchange = createExchange(options);
  /** Every GET that has no outcome yet, by path: whoever asks for the same path meanwhile shares it. */
  const shared = new Map<string, Job>();
  const isWanted = ({ waiters }: Job): boolean => waiters.size > 0;
  const reads = createFairQueue(isWanted, options.onQueued);
  const changes = createFairQueue(isWanted, options.onQueued);
  let wasChange = false;
  let flushIsDue = false;

  const queueOf = ({ method }: Job): FairQueue<Job> => (method === 'GET' ? reads : changes);

  function flushSoon(): void {
    if (flushIsDue) return;
    flushIsDue = true;
    // Every DataLoader that has something to load in this turn of the event loop does so before the check phase, so that
    // one flush sees all of it: https://nodejs.org/en/learn/asynchronous-work/event-loop-timers-and-nexttick
    setImmediate(() => {
      flushIsDue = false;
      gate.want(sender);
    });
  }

  const sender: Sender = {
    send(mostParts) {
      // In turns, so that many changes do not hold up what is read, and the other way round. A change goes alone.
      const inTurn = wasChange ? reads.take(mostParts) : changes.take(1);
      const together = inTurn.length > 0 ? inTurn : wasChange ? changes.take(1) : reads.take(mostParts);
      wasChange = together[0] !== undefined && together[0].method !== 'GET';
      if (together.length > 0) void exchangeAll(together);
      return together.length;
    },
    giveUp(untilMs, error) {
      for (const queue of [reads, changes])
        for (const job of queue.takeWhere((waiting) => latestDeadlineMs(waiting) <= untilMs)) settle(job, error);
    },
  };

  const latestDeadlineMs = ({ waiters }: Job): number => Math.max(...[...waiters].map(({ deadlineMs }) => deadlineMs));

  async function exchangeAll(together: readonly Job[]): Promise<void> {
    const startedMs = clock.now();
    const controller = new AbortController();
    let wanted = together.length;
    if (together.some((job) => job.tries === 0)) options.retryBudget.deposit();
    for (const job of together) {
      job.tries += 1;
      job.abandoned = () => {
        wanted -= 1;
        if (wanted === 0)
          controller.abort(new GraphError('Nobody waits for the answer any more.', { reason: 'timeout' }));
      };
    }
    const outcomes = await exchange(together, controller.signal, originsOf(together));
    const again: FailedJob[] = [];
    for (const [index, job] of together.entries()) {
      job.abandoned = nobodyToTell;
      const outcome = outcomes[index];
      const failed = outcome instanceof GraphError ? failedJob(job, outcome) : null;
      if (failed !== null && failed.delayMs < failed.patienceMs) again.push(failed);
      else settle(job, outcome);
    }
    retry(again);
    const durationMs = clock.now() - startedMs;
    const isVoid = isAbandonedEarly(controller.signal.aborted, durationMs);
    gate.done(isVoid ? null : outcomeOf(together, outcomes, durationMs));
  }

  /** The job as one to be tried again; null when that is of no use. */
  function failedJob(job: Job, error: GraphError): FailedJob | null {
    if (!isWorthRetrying(error, job.method) || job.tries >= MAX_TRIES) return null;
    return {
      job,
      error,
      delayMs: retryDelayMs(job.tries, error.retryAfterMs, options.random),
      patienceMs: latestDeadlineMs(job) - clock.now(),
      isAsked: error.retryAfterMs !== null,
    };
  }

  function retry(failed: readonly FailedJob[]): void {
    for (const { waitMs, items } of retryGroups(failed)) {
      if (options.retryBudget.withdraw()) {
        clock.after(waitMs, () => {
          for (const { job } of items.toReversed()) askAgain(job);
        });
      } else for (const { job, error } of items) settle(job, error);
    }
  }

  function askAgain(job: Job): void {
    // Whoever waited for it has left, or what has come up since leaves no hope.
    if (job.waiters.size === 0) return;
    const refusal = gate.refusal(latestDeadlineMs(job));
    if (refusal !== null) settle(job, refusal);
    else {
      queueOf(job).addAgain(job.caller, job);
      flushSoon();
    }
  }

  /** Nobody shares the job from now on. One that was abandoned may have a successor under the same path, which stays. */
  function withdraw(job: Job): void {
    if (shared.get(job.path) === job) shared.delete(job.path);
  }

  function settle(job: Job, outcome: unknown): void {
    withdraw(job);
    for (const waiter of job.waiters) waiter.settle(outcome);
    job.waiters.clear();
  }

  function leave(job: Job, waiter: Waiter): void {
    job.waiters.delete(waiter);
    if (job.waiters.size > 0) return;
    withdraw(job);
    job.abandoned();
  }

  function queueUp(request: GraphRequest, { caller }: Operation): Job {
    const job: Job = { ...request, caller, waiters: new Set(), tries: 0, abandoned: nobodyToTell };
    queueOf(job).add(caller, job);
    flushSoon();
    return job;
  }

  function jobOfPath(path: string, operation: Operation): Job {
    const clientRequestId = operation.requestId;
    const job = shared.get(path) ?? queueUp({ method: 'GET', path, clientRequestId }, operation);
    shared.set(path, job);
    return job;
  }

  async function ask(operation: Operation, jobFor: () => Job): Promise<unknown> {
    operation.signal.throwIfAborted();
    operation.spend();
    const refusal = gate.refusal(operation.deadlineMs);
    if (refusal !== null) throw refusal;
    const job = jobFor();
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        leave(job, waiter);
        reject(operation.signal.reason);
      };
      const waiter: Waiter = {
        deadlineMs: operation.deadlineMs,
        origin: operation.origin,
        settle(outcome) {
          operation.signal.removeEventListener('abort', onAbort);
          if (outcome instanceof Error) reject(outcome);
          else resolve(outcome);
        },
      };
      job.waiters.add(waiter);
      operation.signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  return {
    origin: options.origin,
    versionRoot: VERSION_ROOT,
    get: (path, operation) => ask(operation, () => jobOfPath(path, operation)),
    send: (request, operation) =>
      ask(operation, () => queueUp({ ...request, clientRequestId: operation.requestId }, operation)),
  };
}
