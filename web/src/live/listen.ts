/** A client that keeps the promise of the feed (docs/delta.md): no gaps, whatever breaks, and no duplicates. */
import type { ApolloClient } from '@apollo/client';
import { concatMap, fromEvent, lastValueFrom, takeUntil } from 'rxjs';
import type { AddedSubscription } from '../graphql.generated/graphql.ts';
import { failureOf } from '../graphql/failure.ts';
import type { Failure } from '../graphql/failure.ts';
import { ADDED, START } from './documents.ts';
import { pause, wait } from './pause.ts';

/** The state of the subscription. `behind`: events may be late. `ended`: no more events will come. */
export type LiveState = 'connecting' | 'live' | 'behind' | 'reconnecting' | 'ended';

/** The added recordings, in the order of the feed. */
export type Added = AddedSubscription['callRecordingDelta']['added'];

/** Listener: the parameters and callbacks of one subscription. */
export interface Listener {
  readonly client: ApolloClient;
  readonly organizerId: string;
  /** Aborts when the subscription is no longer needed. */
  readonly signal: AbortSignal;
  /** Reads the list again and replaces the old one. Resolves with whether there is one now, and never rejects. */
  readonly readList: () => Promise<boolean>;
  readonly onAdded: (added: Added) => void;
  readonly onState: (state: LiveState) => void;
  /** Called when `listen` gives up on a final failure, before it resolves. */
  readonly onFailure: (failure: Failure) => void;
}

/** Failures that a retry cannot fix. */
const FINAL = ['FORBIDDEN', 'NOT_FOUND', 'UNAUTHENTICATED', 'GRAPHQL_VALIDATION_FAILED'];
/** Failures of a token that has become invalid, after a restart with new keys for instance. */
const TOKEN_IS_VOID = ['BAD_USER_INPUT', 'RESYNC_REQUIRED'];

/** How long the list waits for the token. After that it is shown without, and read again when the token has arrived. */
const PATIENCE_MS = 1_500;

async function startToken({ client, organizerId }: Listener): Promise<string> {
  const { data, error } = await client.query({
    query: START,
    variables: { organizerId },
    errorPolicy: 'all',
    fetchPolicy: 'no-cache',
  });
  if (!data) throw error ?? new Error('The response of the gateway contains no data.');
  return data.callRecordingDelta.token;
}

/**
 * Gets a token, and then reads the list. Recordings added meanwhile are delivered afterwards; if the list has them too,
 * the cache merges them. Resolves with null without a list, and rejects without a token.
 */
async function begin(listener: Listener, hasList: boolean): Promise<string | null> {
  const starting = startToken(listener);
  // With a large tenant or a slow Graph, the list is visible before the token arrives.
  const settled = starting.then(
    () => true,
    () => true,
  );
  const late = wait(PATIENCE_MS, listener.signal).then(() => false);
  if (!hasList && !(await Promise.race([settled, late])) && !(await listener.readList())) return null;
  const token = await starting;
  return (await listener.readList()) ? token : null;
}

/** Applies events in order, until the connection ends. Rejects when it breaks. `onApplied` gets the token of each. */
async function applyEvents(listener: Listener, since: string, onApplied: (token: string) => void): Promise<void> {
  const { client, organizerId, signal, readList, onAdded, onState } = listener;
  const events = client.subscribe({
    query: ADDED,
    variables: { organizerId, since },
    errorPolicy: 'all',
    // Events go into the cached list, and nowhere else.
    fetchPolicy: 'no-cache',
    context: { onConnected: () => onState('live') },
  });
  const apply = async ({ data, error }: ApolloClient.SubscribeResult<AddedSubscription>): Promise<void> => {
    if (!data) throw error ?? new Error('The event from the gateway contains no data.');
    const { added, behind, hasMore, resync, token } = data.callRecordingDelta;
    if (!resync) onAdded(added);
    // The list read again also has the event's recordings, as far as the page has loaded it.
    else if (!(await readList())) throw new Error('The list of recordings could not be reloaded.');
    onState(behind || hasMore ? 'behind' : 'live');
    onApplied(token);
  };
  const whileHere = events.pipe(takeUntil(fromEvent(signal, 'abort')), concatMap(apply));
  await lastValueFrom(whileHere, { defaultValue: undefined });
}

/**
 * Reads the list and then subscribes, until `signal` aborts. After a break it resumes with the newest token, or starts
 * over if that is invalid. Resolves when there is no list, or on a final failure; a restart is left to the caller.
 */
export async function listen(listener: Listener): Promise<void> {
  const { signal, readList, onState, onFailure } = listener;
  let token: string | null = null;
  let hasList = false;
  let tries = 0;
  // Each attempt begins where the previous one ended.
  /* oxlint-disable no-await-in-loop */
  while (!signal.aborted) {
    try {
      if (token === null) {
        token = await begin(listener, hasList);
        if (token === null) break;
        hasList = true;
      }
      await applyEvents(listener, token, (newest) => {
        token = newest;
        tries = 0;
      });
      if (signal.aborted) break;
      onState('reconnecting');
      await pause(tries, null, signal);
    } catch (error) {
      const failure = failureOf(error);
      // Without a subscription the list may still be readable, but not for an unauthenticated user.
      const isKnown = failure.code !== 'UNAUTHENTICATED';
      if (!hasList && isKnown && !signal.aborted) hasList = await readList();
      if (signal.aborted || (!hasList && isKnown)) break;
      if (FINAL.includes(failure.code)) {
        onFailure(failure);
        break;
      }
      if (TOKEN_IS_VOID.includes(failure.code)) token = null;
      onState('reconnecting');
      await pause(tries, failure.retryAfterSeconds, signal);
    }
    tries += 1;
  }
  /* oxlint-enable no-await-in-loop */
  if (!signal.aborted) onState('ended');
}
