/** Answers who asks once: a round, and what it and the rounds before it have added since. */
import { unlessAborted } from '../../abort.ts';
import type { GraphClient } from '../../msgraph/client.ts';
import type { Operation } from '../../msgraph/operation.ts';
import type { Store } from '../../store/store.ts';
import { additionAfter } from './catch-up.ts';
import { createDeltaLog } from './log.ts';
import type { DeltaLog, DeltaLogState } from './log.ts';
import { createPayers } from './payers.ts';
import type { Payers } from './payers.ts';
import { BEGINNING } from './position.ts';
import { runRound } from './round.ts';
import { ResyncRequiredError } from './told.ts';
import type { Since, Told } from './told.ts';

interface AskParts {
  readonly client: GraphClient;
  readonly store: Store;
  /** The key of an organizer's log. */
  readonly keyOf: (organizerId: string) => string;
  /** Begins what is done for several at once. */
  readonly newOperation: () => Operation;
}

export interface Question {
  readonly organizerId: string;
  readonly since: Since;
  /** Whether to begin from the beginning where nobody can tell any more what was added since. */
  readonly mayResync: boolean;
  readonly operation: Operation;
}

/** A round that is under way, or that follows one. */
interface Round {
  readonly payers: Payers;
  readonly outcome: Promise<DeltaLogState>;
}

/**
 * Creates what answers over one store. However many ask for an organizer at the same time, one round is under way and one
 * more is to follow, for those who came too late for it. An answer rejects with a `ResyncRequiredError`, as
 * `GraphClient.get` and `Store` do, and with the reason of the operation's signal.
 */
export function createAsk({ client, store, keyOf, newOperation }: AskParts): (question: Question) => Promise<Told> {
  const running = new Map<string, Round>();
  const following = new Map<string, Round>();

  async function run(key: string, log: DeltaLog, organizerId: string, payers: Payers): Promise<DeltaLogState> {
    const operation = newOperation();
    try {
      return await runRound({ client, log, organizerId, operation: payers.charging(operation), fence: null });
    } finally {
      operation.end();
      running.delete(key);
    }
  }

  function begin(key: string, log: DeltaLog, organizerId: string, payers = createPayers()): Round {
    const round = { payers, outcome: run(key, log, organizerId, payers) };
    running.set(key, round);
    return round;
  }

  /** A round that begins after this call. */
  function roundFromNow(key: string, log: DeltaLog, organizerId: string): Round {
    const current = running.get(key);
    if (current === undefined) return begin(key, log, organizerId);
    const known = following.get(key);
    if (known !== undefined) return known;
    const payers = createPayers();
    const outcome = Promise.allSettled([current.outcome]).then(() => {
      following.delete(key);
      return begin(key, log, organizerId, payers).outcome;
    });
    const next = { payers, outcome };
    following.set(key, next);
    return next;
  }

  return async ({ organizerId, since, mayResync, operation }) => {
    operation.signal.throwIfAborted();
    const key = keyOf(organizerId);
    const log = createDeltaLog(store, key, organizerId);
    const { payers, outcome } = roundFromNow(key, log, organizerId);
    const state = await unlessAborted(payers.waitFor(operation, outcome), operation.signal);
    const nothing: Told = { added: [], position: state.position, isResync: false, hasMore: false, isBehind: false };
    if (since === 'now') return nothing;
    const position = since === 'beginning' ? BEGINNING : since;
    const addition = await additionAfter(
      { client, log, organizerId, withOperation: (work) => work(operation) },
      position,
      state,
    );
    if (addition === null) return nothing;
    if (addition.isResync && !mayResync) {
      throw new ResyncRequiredError(
        'The token in "since" is too old: nobody can tell any more what was added since from what was there before. Ask with "resync: true" to begin anew, and put what is then answered in the place of what you have.',
      );
    }
    return { ...nothing, ...addition, hasMore: addition.position.number < state.log.head };
  };
}
