/** What is asked of Graph for one or for many, and who waits for its answer. */
import type { GraphRequest } from './exchange.ts';
import type { Place } from './fair-queue.ts';
import type { Operation } from './operation.ts';

/** One caller that waits for a job. */
interface Waiter {
  readonly operation: Operation;
  readonly resolve: (body: unknown) => void;
  readonly reject: (error: unknown) => void;
  /** Called when the operation is over before there is an answer. */
  readonly leave: () => void;
}

/** One request whose answer somebody waits for. */
export interface Job extends GraphRequest {
  /** What tells it from requests for other things. */
  readonly key: string;
  /** Whose turn it takes to send it. */
  readonly caller: string;
  readonly waiters: Waiter[];
  /** Whether whoever asks for the same may still wait for it too. */
  isShared: boolean;
  tries: number;
  /** Whether it was sent once more because its token was refused. */
  isRenewed: boolean;
  /** How much of an HTTP request it is, while it is being sent. */
  share: number;
  /** Until when it waits to be sent again, by `steadyMs` of the clock, and why; null while it does not. */
  wait: { readonly untilMs: number; readonly error: Error } | null;
  /** Where it waits to be sent, or did so last; null before it has. */
  place: Place<Job> | null;
  /** Called when the last waiter has left, while it is being sent: it is broken off when nobody waits for the others either. */
  letGo: () => void;
}

const nothingToLetGo = (): void => {};

/** A job that nobody waits for yet, and that nothing has been done about. */
export function createJob({ method, path, body, clientRequestId }: GraphRequest, key: string, caller: string): Job {
  return {
    method,
    path,
    body,
    clientRequestId,
    key,
    caller,
    waiters: [],
    isShared: false,
    tries: 0,
    isRenewed: false,
    share: 0,
    wait: null,
    place: null,
    letGo: nothingToLetGo,
  };
}

/** The job is not being sent: whoever leaves it now has nothing to let go. */
export function rest(job: Job): void {
  job.letGo = nothingToLetGo;
  job.share = 0;
}

/** Whether it is on its way to Graph. */
export function isBeingSent({ share }: Job): boolean {
  return share > 0;
}

/** Why it is not sent again in time for whoever has until then; null where it may be. */
export function refusalOf({ wait }: Job, deadlineMs: number): Error | null {
  return wait !== null && deadlineMs <= wait.untilMs ? wait.error : null;
}

/** When the last of those who wait for it has no time any more. */
export function latestDeadlineMs({ waiters }: Job): number {
  return Math.max(...waiters.map(({ operation }) => operation.deadlineMs));
}

function settle({ operation, leave, resolve, reject }: Waiter, outcome: unknown): void {
  operation.leaving.delete(leave);
  if (outcome instanceof Error) reject(outcome);
  else resolve(outcome);
}

function remove(waiters: Waiter[], waiter: Waiter): void {
  const index = waiters.indexOf(waiter);
  if (index !== -1) waiters.splice(index, 1);
}

/** Has everybody who waits for it go on with this, a body or an error. */
export function settleAll({ waiters }: Job, outcome: unknown): void {
  for (const waiter of waiters.splice(0)) settle(waiter, outcome);
}

/** Whether any of those who wait may still cause a request. */
export function isAffordable({ waiters }: Job): boolean {
  return waiters.some(({ operation }) => operation.exhausted() === null);
}

/** Tells those for whose operation there is an error, who then wait no longer. Whether anybody is left. */
function keep({ waiters }: Job, errorFor: (operation: Operation) => Error | null): boolean {
  // From the end, for those who are told leave. It is asked of each part, and nearly always none does.
  for (let index = waiters.length - 1; index >= 0; index -= 1) {
    const waiter = waiters[index];
    const error = waiter === undefined ? null : errorFor(waiter.operation);
    if (error !== null) for (const told of waiters.splice(index, 1)) settle(told, error);
  }
  return waiters.length > 0;
}

const exhaustionOf = (operation: Operation): Error | null => operation.exhausted();

/** Tells those who may cause no request any more, who then wait no longer. Whether anybody is left. */
export function keepAffordable(job: Job): boolean {
  return keep(job, exhaustionOf);
}

/** Tells those why who have no time until then, by `steadyMs` of the clock, and then wait no longer. Whether anybody is left. */
export function keepPatient(job: Job, untilMs: number, error: Error): boolean {
  return keep(job, ({ deadlineMs }) => (deadlineMs <= untilMs ? error : null));
}

/**
 * Counts one HTTP request for the operations that have caused it, for each by how much of it theirs is: what others ask along
 * with it costs it nothing. What several wait for is asked by each of them.
 */
export function countExchange(jobs: readonly Job[]): void {
  const share = 1 / jobs.length;
  for (const job of jobs) {
    const { waiters } = job;
    job.share = share;
    // Each operation once, and nearly always one waits alone.
    if (waiters.length === 1) for (const { operation } of waiters) operation.exchanged(share);
    else for (const operation of new Set(waiters.map((one) => one.operation))) operation.exchanged(share);
  }
}

/**
 * Waits for the job, and answers with its body or rejects with its error; with the reason of the operation's signal when that
 * aborts before. `onAbandoned` is called when with that the last has left who waited.
 */
export function waitFor(job: Job, operation: Operation, onAbandoned: (job: Job) => void): Promise<unknown> {
  operation.exchanged(job.share);
  return new Promise((resolve, reject) => {
    const { waiters } = job;
    const leave = (): void => {
      remove(waiters, waiter);
      if (waiters.length === 0) onAbandoned(job);
      reject(operation.signal.reason);
    };
    const waiter: Waiter = { operation, resolve, reject, leave };
    waiters.push(waiter);
    operation.leaving.add(leave);
  });
}
