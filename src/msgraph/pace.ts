/**
 * How much may be asked of Graph at once and in a second, learnt from how it answers. Graph does not say what it allows
 * (https://learn.microsoft.com/en-us/graph/throttling): it says no, and for how long.
 */
import { MAX_PARTS } from './batch.ts';
import type { Clock } from './clock.ts';
import type { Outcome } from './outcome.ts';
import { pauseFor } from './retry.ts';

export interface Pace {
  /**
   * How many parts may go in one request now; 0 for none. Asked only when somebody has something to send. A trial, by which it is seen whether Graph is there again, waits for
   * none of those that are in flight: they may have been swallowed.
   */
  room(isTrial: boolean): number;
  /** In how many milliseconds there is room, if time alone brings it; null where an answer has to come first. */
  roomInMs(isTrial: boolean): number | null;
  sent(parts: number): void;
  /** Null for a request that came to nothing because nobody waited for it. */
  replied(outcome: Outcome | null): void;
  /** Until when Graph has asked to be left alone, by `steadyMs` of the clock. */
  pausedUntilMs(): number;
}

/** What one answer has let through. */
interface Answered {
  readonly atMs: number;
  readonly accepted: number;
  readonly throttled: number;
}

/** So many requests at once to begin with: three full batches, and one more. */
const FIRST_REQUESTS = 4;
/** An answer that takes so many times as long as is usual for its kind, and so long at least, is a sign that less would be better. */
const SLOW_RATIO = 4;
const SLOW_MS = 1_000;
/** Of answers that are not slow one in so many says what is usual. */
const LEARNT = 8;
/** Of so many kinds, the newest, it is known how long they usually take. There are fewer, unless Graph's links lead astray. */
const MOST_KINDS = 100;
/** Below so many parts in a second a refusal is about what was asked for, a mailbox for instance, and not about how much. */
const LOWEST_RATE = 10;
/** Above so many parts in a second there is nothing to be kept to any more. */
const HIGHEST_RATE = 10_000;
/** What is asked in a second is spread over it in so many portions, so that no second sees a whole portion too many. */
const PORTIONS = 20;
/** After a refusal by so much below what Graph had let through, and after so long at that again. */
const DECREASE = 0.05;
const PLATEAU_MS = 30_000;

/** Enough for a request to be worth it, if there is more to ask. */
function portion(perSecond: number): number {
  return Math.min(MAX_PARTS, Math.max(1, Math.floor(perSecond / PORTIONS)));
}

/**
 * Creates the pace for one application in one tenant, for whom Graph counts. How many requests may be in flight grows by one for each round
 * of good answers and is halved when Graph fails. Once Graph has throttled, parts are spread evenly at the rate that it had
 * let through; that rate is approached again slowly, and left behind faster and faster while nothing is refused (the
 * curve of CUBIC, https://www.rfc-editor.org/rfc/rfc9438), because each try costs a refusal.
 */
export function createPace({ clock, mostRequests }: { readonly clock: Clock; readonly mostRequests: number }): Pace {
  let requests = Math.min(FIRST_REQUESTS, mostRequests);
  let hasFailed = false;
  let adaptedTo = 0;
  let inFlight = 0;
  /** How long an answer usually takes, by its kind: a list and a lone user have nothing to say about each other. */
  const usualMs = new Map<string, number>();
  let decreasedMs = -Infinity;
  let pausedUntilMs = -Infinity;
  /** When somebody last had to wait. */
  let lackedMs = -Infinity;
  let learnt: { rate: number; readonly sinceMs: number } | null = null;
  let tokens = 0;
  let refilledMs = 0;
  /** What Graph has let through and what it has refused in the last second. */
  const answered: Answered[] = [];

  function forgetOld(): void {
    const sinceMs = clock.steadyMs() - 1_000;
    for (let oldest = answered[0]; oldest !== undefined && oldest.atMs <= sinceMs; oldest = answered[0])
      answered.shift();
  }

  /** Remembers an answer. This is all that most answers cost: they are added up only when something was refused. */
  function note(answer: Answered): void {
    answered.push(answer);
    forgetOld();
  }

  function lately(): { readonly accepted: number; readonly all: number } {
    forgetOld();
    const accepted = answered.reduce((sum, answer) => sum + answer.accepted, 0);
    return { accepted, all: answered.reduce((sum, answer) => sum + answer.throttled, accepted) };
  }

  /** The parts of a second; null where nothing limits them. */
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

  function learn(retryAfterMs: number | null): void {
    const now = clock.steadyMs();
    pausedUntilMs = Math.max(pausedUntilMs, now + pauseFor(retryAfterMs));
    const { accepted } = lately();
    const known = rate();
    // Where nobody has waited, what was let through is what was asked for, and the limit may be anywhere above.
    const isLimited = now - lackedMs < 1_000;
    // Nothing was let through lately by which a rate could be known: to wait is all that was asked.
    if (!isLimited || (known === null && accepted < LOWEST_RATE)) return;
    // What was refused together is one refusal.
    if (learnt !== null && now - learnt.sinceMs < 1_000) return;
    const letThrough = Math.max(LOWEST_RATE, accepted);
    learnt = { rate: known === null ? letThrough : Math.min(known, letThrough), sinceMs: now };
    tokens = 0;
    refilledMs = now;
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
    else if (isLong && durationMs > SLOW_RATIO * (usualMs.get(outcome.kind) ?? Infinity)) decrease(0.8);
    // Until something fails each answer makes room for one more, and after that each round of them.
    else requests = Math.min(mostRequests, requests + (hasFailed ? 1 / requests : 1));
    if (!isFailure && (isLong || adaptedTo % LEARNT === 0)) learnUsual(outcome.kind, durationMs);
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
      if (parts === 0) lackedMs = clock.steadyMs();
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
      const { parts, throttled, retryAfterMs, isFailure } = outcome;
      note({ atMs: clock.steadyMs(), accepted: isFailure ? 0 : parts - throttled, throttled });
      if (throttled > 0 && 2 * throttled >= parts && lately().all >= LOWEST_RATE) learn(retryAfterMs);
      else if (throttled === 0) adapt(outcome);
      // Of what was sent together with what was refused, more may have been let through than was known then.
      if (learnt !== null && clock.steadyMs() - learnt.sinceMs < 1_000)
        learnt.rate = Math.max(learnt.rate, lately().accepted);
    },
    pausedUntilMs: () => pausedUntilMs,
  };
}
