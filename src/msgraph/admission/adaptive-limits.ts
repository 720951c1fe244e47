/**
 * Limits on concurrent requests to Graph and on parts per second, learnt from its responses. Graph does not say what it
 * allows (https://learn.microsoft.com/en-us/graph/throttling), only that it throttles, and for how long.
 */
import type { Clock } from '../../clock.ts';
import { MAX_PARTS } from '../exchange/batch.ts';
import { pauseFor } from '../retry.ts';
import type { Outcome } from './outcome.ts';
import { createRecentAnswers } from './recent-answers.ts';

export interface AdaptiveLimits {
  /**
   * How many parts one request may have now; 0 for none. Called only when a request waits. A trial, which probes
   * whether Graph is available again, does not wait for requests in flight: those may be lost.
   */
  room(isTrial: boolean): number;
  /** In how many milliseconds there is room, if time alone brings it; null when a response has to come first. */
  roomInMs(isTrial: boolean): number | null;
  sent(parts: number): void;
  /** Called with each outcome; null for a request that was abandoned without one. */
  replied(outcome: Outcome | null): void;
  /** Until when Graph has demanded a pause, by `steadyMs` of the clock. */
  pausedUntilMs(): number;
}

/** The initial limit on concurrent requests: three full batches, and one more. */
const FIRST_REQUESTS = 4;
/** A response over SLOW_RATIO times the usual duration of its kind, and over SLOW_MS, is a sign to send less. */
const SLOW_RATIO = 4;
const SLOW_MS = 1_000;
/** Of the responses within SLOW_MS, one in this many updates the usual duration. */
const SAMPLED_ONE_IN = 8;
/** Usual durations are kept for this many of the newest kinds. There are fewer, unless Graph's links are unusual. */
const MOST_KINDS = 100;
/** Below this many parts per second, throttling is about what was requested, for instance a mailbox, not how much. */
const LOWEST_RATE = 10;
/** Above this many parts per second there is no limit any more. */
const HIGHEST_RATE = 10_000;
/** The parts of a second are spread over it in this many portions. So no second has a whole portion too many. */
const PORTIONS = 20;
/** After a refusal the rate falls by DECREASE below what Graph had let through, and is back at it after PLATEAU_MS. */
const DECREASE = 0.05;
const PLATEAU_MS = 30_000;

/** How many parts must be allowed before a request is worth sending. */
function portion(perSecond: number): number {
  return Math.min(MAX_PARTS, Math.max(1, Math.floor(perSecond / PORTIONS)));
}

/**
 * Creates the limits for one application in one tenant, which is what Graph counts by. The limit of requests in flight
 * grows by one for each round of good responses and is halved when Graph fails. Once Graph has throttled, parts are
 * spread evenly at the rate that it had let through. While nothing is refused, the rate approaches that value slowly
 * and then exceeds it faster and faster (the curve of CUBIC, https://www.rfc-editor.org/rfc/rfc9438), because each try
 * costs a refusal.
 */
export function createAdaptiveLimits({
  clock,
  mostRequests,
}: {
  readonly clock: Clock;
  readonly mostRequests: number;
}): AdaptiveLimits {
  let requests = Math.min(FIRST_REQUESTS, mostRequests);
  let hasFailed = false;
  let adaptedTo = 0;
  let inFlight = 0;
  /** The usual duration of a response, by its kind: those of a list and of a single user are not comparable. */
  const usualMs = new Map<string, number>();
  let decreasedMs = -Infinity;
  let pausedUntilMs = -Infinity;
  /** When a request last had to wait. */
  let lastWaitMs = -Infinity;
  let learnt: { rate: number; readonly sinceMs: number } | null = null;
  /** When a rate was last learnt from a general refusal. */
  let learntMs = -Infinity;
  let tokens = 0;
  let refilledMs = 0;
  const recent = createRecentAnswers(clock);

  /** The parts allowed per second; null for no limit. */
  function rate(): number | null {
    if (learnt === null) return null;
    const distance = (clock.steadyMs() - learnt.sinceMs - PLATEAU_MS) / PLATEAU_MS;
    const now = learnt.rate * (1 + DECREASE * distance ** 3);
    if (now > HIGHEST_RATE) learnt = null;
    return now;
  }

  function refill(perSecond: number): void {
    const now = clock.steadyMs();
    tokens = Math.min(Math.max(1, perSecond / PORTIONS), tokens + (perSecond * (now - refilledMs)) / 1_000);
    refilledMs = now;
  }

  /** If no request had to wait, what was let through shows only the demand, and the limit may be anywhere above. */
  const isLimited = (): boolean => clock.steadyMs() - lastWaitMs < 1_000;

  function learn(retryAfterMs: number | null): void {
    const now = clock.steadyMs();
    pausedUntilMs = Math.max(pausedUntilMs, now + pauseFor(retryAfterMs));
    const accepted = recent.accepted();
    const known = rate();
    // Too little was let through lately to derive a rate: all that Graph asked for is a pause.
    if (!isLimited() || (known === null && accepted < LOWEST_RATE)) return;
    // Refusals within a second count as one.
    if (now - learntMs < 1_000) return;
    learntMs = now;
    const letThrough = Math.max(LOWEST_RATE, accepted);
    learnt = { rate: known === null ? letThrough : Math.min(known, letThrough), sinceMs: now };
    tokens = 0;
    refilledMs = now;
  }

  /**
   * A few refusals among many answers may show that the rate has grown beyond the limit again, so it stops growing. But
   * a user whom Graph refuses again and again must not stop it for good.
   */
  function stopGrowth(): void {
    const known = rate();
    if (learnt === null || known === null || known <= learnt.rate) return;
    if (!isLimited() || !recent.areOthersRefused()) return;
    const letThrough = Math.min(known, recent.accepted());
    learnt = { rate: Math.max(learnt.rate, letThrough), sinceMs: clock.steadyMs() };
  }

  function decrease(factor: number): void {
    const now = clock.steadyMs();
    if (now - decreasedMs < 1_000) return;
    decreasedMs = now;
    hasFailed = true;
    requests = Math.max(1, requests * factor);
  }

  function learnUsual(kind: string, durationMs: number): void {
    const known = usualMs.get(kind);
    const [oldest] = usualMs.keys();
    if (known === undefined && oldest !== undefined && usualMs.size >= MOST_KINDS) usualMs.delete(oldest);
    usualMs.set(kind, known === undefined ? durationMs : 0.9 * known + 0.1 * durationMs);
  }

  function adapt(outcome: Outcome): void {
    const { isFailure, durationMs } = outcome;
    const isLong = durationMs > SLOW_MS;
    if (isFailure) decrease(0.5);
    else if (isLong && durationMs > SLOW_RATIO * (usualMs.get(outcome.kind()) ?? Infinity)) decrease(0.8);
    // Until the first failure each response raises the limit by one, and after that each round of responses.
    else requests = Math.min(mostRequests, requests + (hasFailed ? 1 / requests : 1));
    if (!isFailure && (isLong || adaptedTo % SAMPLED_ONE_IN === 0)) learnUsual(outcome.kind(), durationMs);
    adaptedTo += 1;
  }

  const isFull = (isTrial: boolean): boolean => !isTrial && inFlight >= Math.floor(requests);

  function roomNow(isTrial: boolean): number {
    if (clock.steadyMs() < pausedUntilMs || isFull(isTrial)) return 0;
    const perSecond = rate();
    if (perSecond === null) return MAX_PARTS;
    refill(perSecond);
    return tokens >= portion(perSecond) ? Math.min(MAX_PARTS, Math.floor(tokens)) : 0;
  }

  return {
    room(isTrial) {
      const parts = roomNow(isTrial);
      if (parts === 0) lastWaitMs = clock.steadyMs();
      return parts;
    },
    roomInMs(isTrial) {
      const now = clock.steadyMs();
      if (now < pausedUntilMs) return pausedUntilMs - now;
      const perSecond = rate();
      if (isFull(isTrial) || perSecond === null) return null;
      return Math.max(1, Math.ceil((1_000 * (portion(perSecond) - tokens)) / perSecond));
    },
    sent(parts) {
      inFlight += 1;
      tokens -= parts;
    },
    replied(outcome) {
      inFlight -= 1;
      if (outcome === null) return;
      recent.note(outcome);
      if (outcome.throttled === 0) adapt(outcome);
      else if (recent.answered() >= LOWEST_RATE && recent.isGeneral()) learn(outcome.retryAfterMs);
      else stopGrowth();
      // Of the requests in flight at a refusal, more may have been let through than was known then.
      if (learnt !== null && clock.steadyMs() - learntMs < 1_000)
        learnt.rate = Math.max(learnt.rate, recent.accepted());
    },
    pausedUntilMs: () => pausedUntilMs,
  };
}
