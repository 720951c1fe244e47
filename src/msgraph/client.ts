/**
 * Microsoft Graph, asked in as few requests as can be. Every GET of every operation under one credential goes through
 * one client: it gathers what one moment needs into `$batch` requests, shares what is in flight, and tries again what
 * is worth it. https://learn.microsoft.com/en-us/graph/json-batching
 */
import { MAX_PARTS, batchBody, partReplies } from './batch.ts';
import type { Clock } from './clock.ts';
import { GraphError } from './error.ts';
import type { Operation } from './operation.ts';
import { requestName } from './path.ts';
import { errorOfReply } from './reply.ts';
import type { Reply } from './reply.ts';
import { MAX_TRIES, isWorthRetrying, retryDelayMs } from './retry.ts';
import type { RetryBudget } from './retry.ts';
import type { GetToken } from './token.ts';
import type { Transport } from './transport.ts';

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
}

export interface GraphClientOptions {
  /** May be shared: what is asked under one credential never meets what is asked under another. */
  readonly transport: Transport;
  /** Gives the tokens of the credential. */
  readonly getToken: GetToken;
  readonly origin: string;
  /** How many HTTP requests may be in flight; while so many are, what is asked waits and fills the next batches. */
  readonly concurrency: number;
  readonly retryBudget: RetryBudget;
  readonly clock: Clock;
  /** A number from 0 to 1, for jitter. */
  readonly random: () => number;
  /** Called after each HTTP exchange. */
  readonly onExchange?: (exchange: Exchange) => void;
}

/** What one HTTP exchange with Graph came to. */
export interface Exchange {
  readonly request: string;
  readonly parts: number;
  readonly clientRequestId: string;
  /** The status of the whole, or why there was none. */
  readonly outcome: number | string;
  readonly durationMs: number;
}

/** One caller that waits for a job. */
interface Waiter {
  readonly deadlineMs: number;
  settle(outcome: unknown): void;
}

/** One path that somebody waits for. */
interface Job {
  readonly path: string;
  readonly clientRequestId: string;
  readonly waiters: Set<Waiter>;
  tries: number;
  /** Called when the last waiter has left while the job is being sent. */
  abandoned: () => void;
}

const VERSION_ROOT = '/v1.0';
const nobodyToTell = (): void => {};

/** Creates the client for one credential. */
export function createGraphClient(options: GraphClientOptions): GraphClient {
  const { transport, clock, concurrency } = options;
  /** Every job that has no outcome yet, by path: whoever asks for the same path meanwhile shares it. */
  const jobs = new Map<string, Job>();
  let queue: Job[] = [];
  let inFlight = 0;
  let flushIsDue = false;

  function flushSoon(): void {
    if (flushIsDue) return;
    flushIsDue = true;
    // Every DataLoader that has something to load in this turn of the event loop does so before the check phase, so that
    // one flush sees all of it: https://nodejs.org/en/learn/asynchronous-work/event-loop-timers-and-nexttick
    setImmediate(flush);
  }

  function flush(): void {
    flushIsDue = false;
    while (queue.length > 0 && inFlight < concurrency) {
      const batch = queue.slice(0, MAX_PARTS);
      queue = queue.slice(MAX_PARTS);
      void send(batch);
    }
  }

  async function send(batch: readonly Job[]): Promise<void> {
    inFlight += 1;
    const controller = new AbortController();
    let wanted = batch.length;
    if (batch.some((job) => job.tries === 0)) options.retryBudget.deposit();
    for (const job of batch) {
      job.tries += 1;
      job.abandoned = () => {
        wanted -= 1;
        if (wanted === 0)
          controller.abort(new GraphError('Nobody waits for the answer any more.', { reason: 'timeout' }));
      };
    }
    const outcomes = await exchange(batch, controller.signal);
    inFlight -= 1;
    const again: { job: Job; delayMs: number; error: GraphError }[] = [];
    for (const [index, job] of batch.entries()) {
      job.abandoned = nobodyToTell;
      const outcome = outcomes[index];
      const delayMs = outcome instanceof GraphError ? delayBeforeRetry(job, outcome) : null;
      if (outcome instanceof GraphError && delayMs !== null) again.push({ job, delayMs, error: outcome });
      else settle(job, outcome);
    }
    retry(again);
    flushSoon();
  }

  /** How long to wait before the job is tried again; null when it is not. */
  function delayBeforeRetry(job: Job, error: GraphError): number | null {
    if (!isWorthRetrying(error) || job.tries >= MAX_TRIES) return null;
    const delayMs = retryDelayMs(job.tries, error.retryAfterMs, options.random);
    const latestDeadlineMs = Math.max(...[...job.waiters].map((waiter) => waiter.deadlineMs));
    return clock.now() + delayMs < latestDeadlineMs ? delayMs : null;
  }

  /** What failed together is tried together, after the longest wait, so that it costs one request more and not twenty. */
  function retry(failed: { job: Job; delayMs: number; error: GraphError }[]): void {
    if (failed.length === 0) return;
    if (!options.retryBudget.withdraw()) {
      for (const { job, error } of failed) settle(job, error);
      return;
    }
    clock.after(Math.max(...failed.map(({ delayMs }) => delayMs)), () => {
      queue.unshift(...failed.map(({ job }) => job).filter((job) => job.waiters.size > 0));
      flushSoon();
    });
  }

  async function exchange(batch: readonly Job[], signal: AbortSignal): Promise<unknown[]> {
    const [first] = batch;
    if (first === undefined) return [];
    const alone = batch.length === 1;
    const request = alone ? requestName('GET', first.path) : 'POST /$batch';
    const startedMs = clock.now();
    let outcome: number | string = 'aborted';
    try {
      const reply = await transport.send({
        method: alone ? 'GET' : 'POST',
        path: `${VERSION_ROOT}${alone ? first.path : '/$batch'}`,
        clientRequestId: first.clientRequestId,
        getToken: options.getToken,
        ...(alone ? {} : { body: batchBody(batch) }),
        signal,
      });
      outcome = reply.status;
      if (alone) return [bodyOrError(reply, request)];
      if (reply.status !== 200) throw errorOfReply(reply, request, clock.now());
      return partReplies(reply.body, batch).map((part, index) =>
        part instanceof GraphError ? part : bodyOrError(part, requestName('GET', batch[index]?.path ?? '')),
      );
    } catch (error) {
      if (error instanceof GraphError && error.reason !== 'status') outcome = error.reason;
      return batch.map(() => error);
    } finally {
      const durationMs = clock.now() - startedMs;
      options.onExchange?.({
        request,
        parts: batch.length,
        clientRequestId: first.clientRequestId,
        outcome,
        durationMs,
      });
    }
  }

  function bodyOrError(reply: Reply, what: string): unknown {
    return reply.status >= 200 && reply.status < 300 ? reply.body : errorOfReply(reply, what, clock.now());
  }

  /** Nobody shares the job from now on. One that was abandoned may have a successor under the same path, which stays. */
  function withdraw(job: Job): void {
    if (jobs.get(job.path) === job) jobs.delete(job.path);
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
    queue = queue.filter((queued) => queued !== job);
    job.abandoned();
  }

  function jobFor(path: string, clientRequestId: string): Job {
    const shared = jobs.get(path);
    if (shared !== undefined) return shared;
    const job: Job = { path, clientRequestId, waiters: new Set(), tries: 0, abandoned: nobodyToTell };
    jobs.set(path, job);
    queue.push(job);
    flushSoon();
    return job;
  }

  return {
    origin: options.origin,
    versionRoot: VERSION_ROOT,
    async get(path, operation) {
      operation.signal.throwIfAborted();
      operation.spend();
      const job = jobFor(path, operation.requestId);
      return new Promise((resolve, reject) => {
        const onAbort = (): void => {
          leave(job, waiter);
          reject(operation.signal.reason);
        };
        const waiter: Waiter = {
          deadlineMs: operation.deadlineMs,
          settle(outcome) {
            operation.signal.removeEventListener('abort', onAbort);
            if (outcome instanceof Error) reject(outcome);
            else resolve(outcome);
          },
        };
        job.waiters.add(waiter);
        operation.signal.addEventListener('abort', onAbort, { once: true });
      });
    },
  };
}
