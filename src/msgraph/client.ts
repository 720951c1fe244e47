/**
 * A client for Microsoft Graph that sends as few requests as possible. All operations under one credential share one
 * client. It batches the GETs of one turn of the event loop into `$batch` requests, shares requests in flight, sends
 * each change alone, and retries where that may help. https://learn.microsoft.com/en-us/graph/json-batching
 */
import type { Done, Gate, Sender } from './admission/gate.ts';
import { outcomeOf } from './admission/outcome.ts';
import type { GetToken } from './credentials/token.ts';
import { GraphError } from './error.ts';
import { MAX_PARTS } from './exchange/batch.ts';
import { tracesOf } from './exchange/exchange-watch.ts';
import { createExchange } from './exchange/exchange.ts';
import type { ExchangeOptions, GraphRequest } from './exchange/exchange.ts';
import { createBatchWindow } from './jobs/batch-window.ts';
import { failedJob } from './jobs/failed-job.ts';
import type { FailedJob } from './jobs/failed-job.ts';
import { inTurn } from './jobs/in-turn.ts';
import { createJobQueue } from './jobs/job-queue.ts';
import { createJobRetries } from './jobs/job-retries.ts';
import {
  countExchange,
  createJob,
  isBeingSent,
  keepAffordable,
  keepPatient,
  refusalOf,
  rest,
  settleAll,
  waitFor,
} from './jobs/job.ts';
import type { Job } from './jobs/job.ts';
import { createSharedJobs } from './jobs/shared-jobs.ts';
import type { Operation } from './operation.ts';
import { pathKey } from './path.ts';
import type { RetryBudget } from './retry.ts';

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
  /**
   * Requests one path below the version root and resolves to the body of a 2xx reply. Rejects with a `GraphError` when
   * there is no such reply, with a `BudgetError` when the operation's budget is used up, and with the reason of the
   * operation's signal when that aborts first.
   */
  get(path: string, operation: Operation): Promise<unknown>;
  /**
   * Sends one change, alone and for this operation only. Resolves and rejects as `get` does; undefined stands for a
   * reply without a body. When Graph may have applied the change already, only a PATCH or DELETE is retried: both must
   * be idempotent.
   */
  send(request: ChangeRequest, operation: Operation): Promise<unknown>;
}

export interface GraphClientOptions extends ExchangeOptions {
  readonly origin: string;
  /** Returns the tokens of the credential. */
  readonly getToken: GetToken;
  /** Shared by all clients of one application. While it admits nothing, jobs queue up and fill the next batches. */
  readonly gate: Gate;
  readonly retryBudget: RetryBudget;
  /** A number from 0 to 1, for jitter. */
  readonly random: () => number;
  /** Receives each change in the number of queued jobs. */
  readonly onQueued?: ((change: number) => void) | undefined;
}

/** A request that does not yet belong to an operation. */
type UnassignedRequest = Omit<GraphRequest, 'clientRequestId'>;

/** Creates the client for one credential. */
export function createGraphClient(options: GraphClientOptions): GraphClient {
  const { clock, gate, getToken } = options;
  const exchange = createExchange(options);
  const shared = createSharedJobs();
  const queue = createJobQueue({ isWanted: isStillWanted, onChanged: options.onQueued });
  const batchWindow = createBatchWindow(
    () => queue.fills(MAX_PARTS),
    () => void flush(),
  );
  const retries = createJobRetries({
    clock,
    gate,
    getToken: renewToken,
    retryBudget: options.retryBudget,
    queueAgain(job) {
      queue.addAgain(job);
      batchWindow.added();
    },
    settle,
  });
  let isFlushing = false;
  let token = '';

  /** Gets a token. Everything is sent with it from now on. */
  async function renewToken(rejected?: string): Promise<string> {
    token = await getToken(rejected);
    return token;
  }

  /** Gets a token before it goes to the gate: a hanging Entra ID then uses up none of Graph's capacity. */
  async function flush(): Promise<void> {
    if (isFlushing) return;
    isFlushing = true;
    const [acquired] = await Promise.allSettled([renewToken()]);
    isFlushing = false;
    if (acquired.status === 'fulfilled') gate.want(sender);
    else giveUpWhere(() => true, acquired.reason);
  }

  const sender: Sender = {
    send(mostParts, done) {
      // A batch with room left waits for the jobs still to come in this turn of the event loop.
      if (batchWindow.isOpen() && !queue.fills(mostParts)) return 0;
      const together = queue.take(mostParts);
      if (together.length > 0) void exchangeAll(together, done);
      return together.length;
    },
    isIdle: queue.isEmpty,
    giveUp: (untilMs, error) => giveUpWhere((job) => !keepPatient(job, untilMs, error), error),
  };

  function giveUpWhere(isMeant: (job: Job) => boolean, error: unknown): void {
    for (const job of queue.takeWhere(isMeant)) settle(job, error);
    leaveIfIdle();
  }

  function leaveIfIdle(): void {
    if (queue.isEmpty()) gate.leave(sender);
  }

  async function exchangeAll(together: readonly Job[], done: Done): Promise<void> {
    const startedMs = clock.steadyMs();
    const controller = new AbortController();
    const usedToken = token;
    let wanted = together.length;
    const letGo = (): void => {
      wanted -= 1;
      if (wanted === 0)
        controller.abort(new GraphError('No operation is waiting for this response.', { reason: 'timeout' }));
    };
    if (together.some((job) => job.tries === 0)) options.retryBudget.deposit();
    countExchange(together);
    for (const job of together) {
      job.tries += 1;
      job.letGo = letGo;
    }
    const outcomes = await exchange(together, usedToken, controller.signal, () => tracesOf(together));
    const failed: FailedJob[] = [];
    const unauthorized: FailedJob[] = [];
    const settled: (readonly [Job, unknown])[] = [];
    together.forEach((job, index) => {
      rest(job);
      const outcome = outcomes[index];
      const failure = outcome instanceof GraphError ? failedJob(job, outcome, clock.steadyMs(), options.random) : null;
      if (failure !== null && failure.error.status === 401) unauthorized.push(failure);
      else if (failure !== null && failure.delayMs < failure.patienceMs) failed.push(failure);
      else settled.push([job, outcome]);
    });
    // The first caller sends its response, or its next request, before the last one's jobs are settled.
    inTurn(
      settled,
      ([{ caller }]) => caller,
      ([job, outcome]) => settle(job, outcome),
    );
    retries.afterWait(failed);
    if (unauthorized.length > 0) void retries.withAnotherToken(unauthorized, usedToken);
    done(outcomeOf(together, outcomes, clock.steadyMs() - startedMs, controller.signal.aborted));
  }

  /** Whether a waiter is left that may still cause a request. */
  function isStillWanted(job: Job): boolean {
    const isWanted = keepAffordable(job);
    if (!isWanted) shared.withdraw(job);
    return isWanted;
  }

  function settle(job: Job, outcome: unknown): void {
    shared.withdraw(job);
    settleAll(job, outcome);
  }

  function abandon(job: Job): void {
    shared.withdraw(job);
    queue.leave(job);
    job.letGo();
    leaveIfIdle();
  }

  function queueUp(request: UnassignedRequest, key: string, { caller, requestId }: Operation): Job {
    const job = createJob({ ...request, clientRequestId: requestId }, key, caller);
    queue.add(job);
    batchWindow.added();
    return job;
  }

  /** Returns the job for a request, existing or new. Throws when it could not be sent before the deadline. */
  function jobOf(request: UnassignedRequest, operation: Operation): Job {
    const key = pathKey(request.path);
    const isShareable = request.method === 'GET';
    const known = isShareable ? shared.find(key) : undefined;
    // A job being sent has passed the gate.
    if (known !== undefined && isBeingSent(known)) return known;
    const refusal = (known && refusalOf(known, operation.deadlineMs)) ?? gate.refusal(operation.deadlineMs);
    if (refusal !== null) throw refusal;
    if (known !== undefined) {
      queue.join(known, operation.caller);
      return known;
    }
    const job = queueUp(request, key, operation);
    if (isShareable) shared.add(job);
    return job;
  }

  function submit(request: UnassignedRequest, operation: Operation): Promise<unknown> {
    try {
      operation.signal.throwIfAborted();
      operation.spend();
      return waitFor(jobOf(request, operation), operation, abandon);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  return {
    origin: options.origin,
    get: (path, operation) => submit({ method: 'GET', path }, operation),
    send: submit,
  };
}
