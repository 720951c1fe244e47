/** How a client keeps the promise of the feed (docs/delta.md): nothing is missed, whatever breaks, and nothing is there twice. */
import type { ApolloClient } from '@apollo/client';
import { concatMap, fromEvent, lastValueFrom, takeUntil } from 'rxjs';
import { failureOf } from '../graphql/failure.ts';
import type { Failure } from '../graphql/failure.ts';
import type { AddedSubscription } from '../graphql.generated/graphql.ts';
import { ADDED, START } from './documents.ts';
import { pause, wait } from './pause.ts';

/** How it stands with what is new: it is told; it may be late; the connection is being made, or made anew; nothing is told any more. */
export type LiveState = 'connecting' | 'live' | 'behind' | 'reconnecting' | 'ended';

/** What was added, in the order of the feed. */
export type Added = AddedSubscription['callRecordingDelta']['added'];

/** Who listens. */
export interface Listener {
  readonly client: ApolloClient;
  readonly organizerId: string;
  /** Aborts when nobody listens any more. */
  readonly signal: AbortSignal;
  /** Reads the list anew; what was there before is void. Resolves with whether there is one now, and never rejects. */
  readonly readList: () => Promise<boolean>;
  readonly onAdded: (added: Added) => void;
  readonly onState: (state: LiveState) => void;
  /** Called when there is no use in going on to listen, before `listen` resolves. */
  readonly onFailure: (failure: Failure) => void;
}

/** The failures that only somebody else can mend. */
const FINAL = ['FORBIDDEN', 'NOT_FOUND', 'UNAUTHENTICATED', 'GRAPHQL_VALIDATION_FAILED'];
/** The failures of a token that nobody understands any more, after a restart with new keys for instance. */
const TOKEN_IS_VOID = ['BAD_USER_INPUT', 'RESYNC_REQUIRED'];

/** So long the list waits for the token. Then it is shown without, and read again when the token is there. */
const PATIENCE_MS = 1_500;

async function startToken({ client, organizerId }: Listener): Promise<string> {
  const { data, error } = await client.query({
    query: START,
    variables: { organizerId },
    errorPolicy: 'all',
    fetchPolicy: 'no-cache',
  });
  if (!data) throw error ?? new Error('The gateway has answered nothing.');
  return data.callRecordingDelta.token;
}

/**
 * Has a token, and then reads the list: what is added while it is read is told afterwards, and if it is in the list already, the
 * cache knows it for the same. Resolves with null where there is no list, and rejects where there is no token.
 */
async function begin(listener: Listener, hasList: boolean): Promise<string | null> {
  const starting = startToken(listener);
  // Where a tenant is large or Graph is slow, there is something to see before it is known from where to listen.
  const settled = starting.then(
    () => true,
    () => true,
  );
  const late = wait(PATIENCE_MS, listener.signal).then(() => false);
  if (!hasList && !(await Promise.race([settled, late])) && !(await listener.readList())) return null;
  const token = await starting;
  return (await listener.readList()) ? token : null;
}

/** Applies events one after the other, until the connection ends. Rejects when it breaks. `onApplied` gets the token of each. */
async function applyEvents(listener: Listener, since: string, onApplied: (token: string) => void): Promise<void> {
  const { client, organizerId, signal, readList, onAdded, onState } = listener;
  const events = client.subscribe({
    query: ADDED,
    variables: { organizerId, since },
    errorPolicy: 'all',
    // What is told goes into the list that is kept, and nowhere beside it.
    fetchPolicy: 'no-cache',
    context: { onConnected: () => onState('live') },
  });
  const apply = async ({ data, error }: ApolloClient.SubscribeResult<AddedSubscription>): Promise<void> => {
    if (!data) throw error ?? new Error('The gateway has told nothing.');
    const { added, behind, hasMore, resync, token } = data.callRecordingDelta;
    if (!resync) onAdded(added);
    // What is told with it is in the list too, as far as the page has asked for it.
    else if (!(await readList())) throw new Error('The list could not be read anew.');
    onState(behind || hasMore ? 'behind' : 'live');
    onApplied(token);
  };
  const whileHere = events.pipe(takeUntil(fromEvent(signal, 'abort')), concatMap(apply));
  await lastValueFrom(whileHere, { defaultValue: undefined });
}

/**
 * Reads the list and then listens, until `signal` aborts. After a break it goes on with the newest token; where that is of no use
 * any more, it begins anew. Resolves when there is no list, or no use in going on, and leaves it to others to begin once more.
 */
export async function listen(listener: Listener): Promise<void> {
  const { signal, readList, onState, onFailure } = listener;
  let token: string | null = null;
  let hasList = false;
  let tries = 0;
  // Each try begins where the one before has ended.
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
      // Where nobody can tell what is new, there may still be something to see, though not for somebody whom nobody knows.
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
