/** What Graph let through and refused in the last second, and whether that concerns the application or single users. */
import type { Clock } from '../../clock.ts';
import { createLruCache } from '../../lru-cache.ts';
import { ownerKeys } from '../path.ts';
import type { Outcome } from './outcome.ts';

export interface RecentAnswers {
  /** Records the outcome of a request. Most cost no more than this: they are added up only when one was refused. */
  note(outcome: Outcome): void;
  /** How many parts Graph let through. */
  accepted(): number;
  /** How many parts Graph let through or refused. */
  answered(): number;
  /**
   * Whether the refusals concern all requests of the application: of the newest answers, at least half of the parts and
   * half of the users were refused. Otherwise they may be about users who have limits of their own.
   */
  isGeneral(): boolean;
  /** Whether several users were refused, or one who had not been refused alone before. That one is remembered. */
  areOthersRefused(): boolean;
}

interface Answer extends Pick<Outcome, 'parts' | 'throttled'> {
  readonly atMs: number;
  /** The users whom it was about. The paths of a second would take many times the memory. */
  readonly users: ReadonlySet<string>;
  readonly throttledUsers: ReadonlySet<string>;
}

const WINDOW_MS = 1_000;
const GENERAL_SHARE = 0.5;
/** The answers about this many users are the newest: once a limit for all is reached, all are refused. */
const NEWEST_USERS = 10;
/** Of the users who were refused while no other was, this many are remembered. */
const MOST_REFUSED_ALONE = 1_000;

/** Creates the record of an application that has sent nothing yet. */
export function createRecentAnswers(clock: Clock): RecentAnswers {
  const answers: Answer[] = [];
  const refusedAlone = createLruCache<true>(MOST_REFUSED_ALONE);

  function forgetOld(): void {
    const sinceMs = clock.steadyMs() - WINDOW_MS;
    for (let oldest = answers[0]; oldest !== undefined && oldest.atMs <= sinceMs; oldest = answers[0]) answers.shift();
  }

  function accepted(): number {
    forgetOld();
    return answers.reduce((sum, { parts, throttled }) => sum + parts - throttled, 0);
  }

  return {
    note({ parts, throttled, paths, throttledPaths, isFailure }) {
      if (!isFailure) {
        const [users, throttledUsers] = [ownerKeys(paths), ownerKeys(throttledPaths)];
        answers.push({ atMs: clock.steadyMs(), parts, throttled, users, throttledUsers });
      }
      forgetOld();
    },
    accepted,
    answered: () => answers.reduce((sum, { throttled }) => sum + throttled, accepted()),
    isGeneral() {
      let [parts, throttled] = [0, 0];
      const users = new Set<string>();
      const throttledUsers = new Set<string>();
      for (const answer of answers.toReversed()) {
        if (users.size >= NEWEST_USERS) break;
        parts += answer.parts;
        throttled += answer.throttled;
        for (const user of answer.users) users.add(user);
        for (const user of answer.throttledUsers) throttledUsers.add(user);
      }
      return throttled >= GENERAL_SHARE * parts && throttledUsers.size >= GENERAL_SHARE * users.size;
    },
    areOthersRefused() {
      const [first = '', ...others] = new Set(answers.flatMap(({ throttledUsers }) => [...throttledUsers]));
      if (others.length > 0) return true;
      const isKnown = refusedAlone.get(first) !== undefined;
      refusedAlone.set(first, true);
      return !isKnown;
    },
  };
}
