/** Jobs: requests to Graph, and the operations that wait for their responses. */
import type { Entry } from '../../fair-queue.ts';
import type { GraphRequest } from '../exchange/exchange.ts';
import type { Operation } from '../operation.ts';
import { isLongList } from '../path.ts';

/** One caller that waits for a job. */
interface Waiter {
  readonly operation: Operation;
  readonly resolve: (body: unknown) => void;
  readonly reject: (error: unknown) => void;
  readonly job: Job;
  readonly onAbandoned: (job: Job) => void;
  /** Called when the operation ends before there is a response. */
  readonly leave: () => void;
}

/** Job: one request to Graph, shared by all operations that wait for its response. */
export interface Job extends GraphRequest {
  /** Equal for all requests that can share a response. */
  readonly key: string;
  /** The caller that requested it first, in whose turn it is queued. */
  readonly caller: string;
  /** Whether its response is long. */
  readonly isLong: boolean;
  waiters: Waiter[];
  /** Whether later requests with the same key may still wait for it too. */
  isShared: boolean;
  tries: number;
  /** Whether it was sent once more because its token was refused. */
  isRenewed: boolean;
  /** Its fraction of the HTTP request that sends it; 0 while it is not being sent. */
  share: number;
  /** When its pending retry is due, by `steadyMs` of the clock, and the error that caused it; null without one. */
  wait: { readonly untilMs: number; readonly error: Error } | null;
  /** Its current or last entry in the queue; null before it is queued. */
  entry: Entry<Job> | null;
  /** Called when its last waiter leaves while it is being sent. A batch is aborted when all its jobs are abandoned. */
  letGo: () => void;
}

const nothingToLetGo = (): void => {};

/** Creates a job that has no waiters yet and is not queued. */
export function createJob({ method, path, body, clientRequestId }: GraphRequest, key: string, caller: string): Job {
  return {
    method,
    path,
    body,
    clientRequestId,
    key,
    caller,
    isLong: isLongList(path),
    waiters: [],
    isShared: false,
    tries: 0,
    isRenewed: false,
    share: 0,
    wait: null,
    entry: null,
    letGo: nothingToLetGo,
  };
}

/** Marks a job as not being sent: a waiter that leaves now has no exchange to abort. */
export function rest(job: Job): void {
  job.letGo = nothingToLetGo;
  job.share = 0;
}

/** Whether a job is being sent to Graph. */
export function isBeingSent({ share }: Job): boolean {
  return share > 0;
}

/** Why a job is not sent again before `deadlineMs`; null when it may be. */
export function refusalOf({ wait }: Job, deadlineMs: number): Error | null {
  return wait !== null && deadlineMs <= wait.untilMs ? wait.error : null;
}

/** The latest deadline of a job's waiters. */
export function latestDeadlineMs({ waiters }: Job): number {
  return Math.max(...waiters.map(({ operation }) => operation.deadlineMs));
}

function settle(waiter: Waiter, outcome: unknown): void {
  waiter.operation.leaving.delete(waiter);
  if (outcome instanceof Error) waiter.reject(outcome);
  else waiter.resolve(outcome);
}

function remove(waiters: Waiter[], waiter: Waiter): void {
  const index = waiters.indexOf(waiter);
  if (index !== -1) waiters.splice(index, 1);
}

/** The `leave` of every waiter. There are hundreds in each operation, and a closure for each would double their size. */
function leave(this: Waiter): void {
  const { job, operation, reject, onAbandoned } = this;
  remove(job.waiters, this);
  if (job.waiters.length === 0) onAbandoned(job);
  reject(operation.signal.reason);
}

/** Settles all waiters of a job with the outcome, a body or an error. */
export function settleAll(job: Job, outcome: unknown): void {
  const { waiters } = job;
  job.waiters = [];
  for (const waiter of waiters) settle(waiter, outcome);
}

/** Whether any waiter's operation may still cause an HTTP request. */
export function isAffordable({ waiters }: Job): boolean {
  return waiters.some(({ operation }) => operation.exhausted() === null);
}

/** Rejects and removes the waiters for which `errorFor` has an error. Returns whether any are left. */
function keep({ waiters }: Job, errorFor: (operation: Operation) => Error | null): boolean {
  // From the end, because waiters are removed. This runs for each part, and nearly always removes none.
  for (let index = waiters.length - 1; index >= 0; index -= 1) {
    const waiter = waiters[index];
    const error = waiter === undefined ? null : errorFor(waiter.operation);
    if (error !== null) for (const removed of waiters.splice(index, 1)) settle(removed, error);
  }
  return waiters.length > 0;
}

const exhaustionOf = (operation: Operation): Error | null => operation.exhausted();

/** Rejects and removes the waiters whose budget of HTTP requests is used up. Returns whether any are left. */
export function keepAffordable(job: Job): boolean {
  return keep(job, exhaustionOf);
}

/** Like `keepAffordable`, for the waiters whose deadline is not after `untilMs`, by `steadyMs` of the clock. */
export function keepPatient(job: Job, untilMs: number, error: Error): boolean {
  return keep(job, ({ deadlineMs }) => (deadlineMs <= untilMs ? error : null));
}

/**
 * Charges one HTTP request to the operations that caused it, each by its share: the parts of other operations cost it
 * nothing. A job with several waiters is charged in full to each of their operations.
 */
export function countExchange(jobs: readonly Job[]): void {
  const share = 1 / jobs.length;
  for (const job of jobs) {
    const { waiters } = job;
    job.share = share;
    // Each operation is charged once. Nearly always there is a single waiter.
    if (waiters.length === 1) for (const { operation } of waiters) operation.exchanged(share);
    else for (const operation of new Set(waiters.map((one) => one.operation))) operation.exchanged(share);
  }
}

/**
 * Waits for a job and resolves with its body. Rejects with its error, or with the reason of the operation's signal when
 * that aborts first. `onAbandoned` is called when that leaves the job without waiters.
 */
export function waitFor(job: Job, operation: Operation, onAbandoned: (job: Job) => void): Promise<unknown> {
  operation.exchanged(job.share);
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const waiter: Waiter = { operation, resolve, reject, job, onAbandoned, leave };
  // An empty list would get room for sixteen more, and nearly always there is a single waiter.
  if (job.waiters.length === 0) job.waiters = [waiter];
  else job.waiters.push(waiter);
  operation.leaving.add(waiter);
  return promise;
}
