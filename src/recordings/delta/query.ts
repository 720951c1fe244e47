/** Answers single queries for new recordings: runs a round, then returns what it and earlier rounds have added. */
import { unlessAborted } from '../../abort.ts';
import type { GraphClient } from '../../msgraph/client.ts';
import type { Operation } from '../../msgraph/operation.ts';
import type { Store } from '../../store/store.ts';
import { additionAfter } from './catch-up.ts';
import { ResyncRequiredError } from './feed-event.ts';
import type { Since, FeedEvent } from './feed-event.ts';
import { createDeltaLog } from './log.ts';
import type { DeltaLog, DeltaLogState } from './log.ts';
import { createPayers } from './payers.ts';
import type { Payers } from './payers.ts';
import { BEGINNING } from './position.ts';
import { runRound } from './round.ts';
import type { WithOperation } from './running-operations.ts';

interface QueryParts {
  readonly client: GraphClient;
  readonly store: Store;
  /** The key of an organizer's log. */
  readonly keyOf: (organizerId: string) => string;
  /** Runs work that several callers share, in an operation of its own. */
  readonly withOperation: WithOperation;
}

export interface DeltaQuery {
  readonly organizerId: string;
  readonly since: Since;
  /** Whether to start from the beginning if it is no longer known what was added since. */
  readonly mayResync: boolean;
  readonly operation: Operation;
}

/** A round that is running, or queued behind one. */
interface Round {
  readonly payers: Payers;
  readonly outcome: Promise<DeltaLogState>;
}

/**
 * Creates the function that answers queries over one store. However many queries for an organizer arrive at once, at
 * most one round runs and one more is queued, for queries that came too late for it. A query rejects with a
 * `ResyncRequiredError`, as `GraphClient.get` and `Store` do, and with the reason of the operation's signal.
 */
export function createQuery({
  client,
  store,
  keyOf,
  withOperation,
}: QueryParts): (query: DeltaQuery) => Promise<FeedEvent> {
  const running = new Map<string, Round>();
  const following = new Map<string, Round>();

  async function run(key: string, log: DeltaLog, organizerId: string, payers: Payers): Promise<DeltaLogState> {
    try {
      return await withOperation((operation) =>
        runRound({ client, log, organizerId, operation: payers.charging(operation), fence: null }),
      );
    } finally {
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
    const nothing: FeedEvent = {
      added: [],
      position: state.position,
      isResync: false,
      hasMore: false,
      isBehind: false,
    };
    if (since === 'now') return nothing;
    const position = since === 'beginning' ? BEGINNING : since;
    const addition = await additionAfter(
      { client, log, organizerId, mayRestore: false, withOperation: (work) => work(operation) },
      position,
      state,
    );
    if (addition === null) return nothing;
    if (addition.isResync && !mayResync) {
      throw new ResyncRequiredError(
        'The token in "since" is too old: the gateway can no longer determine what was added since. Query with "resync: true" to start over, and replace your data with the response.',
      );
    }
    return { ...nothing, ...addition, hasMore: addition.position.number < state.log.head };
  };
}
