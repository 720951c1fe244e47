/** The recordings of one organizer for a page: the list, live events, and the state of both. */
import { useApolloClient, useQuery } from '@apollo/client/react';
import { useCallback, useEffect, useState } from 'react';
import type { RecordingsQuery } from '../graphql.generated/graphql.ts';
import { failureOf } from '../graphql/failure.ts';
import type { Failure } from '../graphql/failure.ts';
import { newKeys, withAdded } from './added.ts';
import { RECORDINGS } from './documents.ts';
import { listen } from './listen.ts';
import type { LiveState } from './listen.ts';

/** The data and actions of a page. */
export interface Recordings {
  /** Null until there is a list. */
  readonly nodes: RecordingsQuery['callRecordings']['nodes'] | null;
  readonly hasMore: boolean;
  readonly isLoadingMore: boolean;
  /** Why the list, or its next page, is missing. */
  readonly failure: Failure | null;
  readonly live: LiveState;
  /** Why the subscription ended. */
  readonly liveFailure: Failure | null;
  /** The keys of recordings added while the page was open, the newest last. */
  readonly appeared: readonly string[];
  /** Loads another page. Never rejects. */
  readonly showMore: () => Promise<void>;
}

/** Reads the list and subscribes while the component is mounted. */
export function useRecordings(organizerId: string): Recordings {
  const client = useApolloClient();
  const [failure, setFailure] = useState<Failure | null>(null);
  const [isLoadingMore, setIsLoadingMore] = useState(false);
  const [live, setLive] = useState<LiveState>('connecting');
  const [liveFailure, setLiveFailure] = useState<Failure | null>(null);
  const [appeared, setAppeared] = useState<readonly string[]>([]);
  // `listen` decides when the list is fetched; this query only watches the cache.
  const { data } = useQuery(RECORDINGS, { variables: { organizerId }, fetchPolicy: 'cache-only' });

  /** Reads a page into the cache, and resolves with whether that succeeded. */
  const readPage = useCallback(
    async (after?: string): Promise<boolean> => {
      const variables = { organizerId, ...(after === undefined ? {} : { after }) };
      const answer = await client.query({
        query: RECORDINGS,
        variables,
        errorPolicy: 'all',
        fetchPolicy: 'network-only',
      });
      // If the list itself failed, the whole answer is null, although the client's types exclude that.
      const isThere = Boolean(answer.data);
      setFailure(isThere ? null : failureOf(answer.error));
      return isThere;
    },
    [client, organizerId],
  );

  useEffect(() => {
    const leaving = new AbortController();
    void listen({
      client,
      organizerId,
      signal: leaving.signal,
      readList: () => readPage(),
      onAdded(added) {
        const list = { query: RECORDINGS, variables: { organizerId } };
        const before = client.cache.readQuery(list);
        if (before === null) return;
        client.cache.writeQuery({ ...list, data: withAdded(before, added) });
        const keys = newKeys(before, added);
        if (keys.length > 0) setAppeared((known) => [...known, ...keys]);
      },
      onState: setLive,
      onFailure: setLiveFailure,
    });
    return () => leaving.abort();
  }, [client, organizerId, readPage]);

  const { nodes, pageInfo } = data?.callRecordings ?? { nodes: null, pageInfo: null };
  return {
    nodes,
    hasMore: pageInfo?.hasNextPage === true && pageInfo.endCursor !== null,
    isLoadingMore,
    failure,
    live,
    liveFailure,
    appeared,
    async showMore() {
      if (isLoadingMore) return;
      setIsLoadingMore(true);
      await readPage(pageInfo?.endCursor ?? undefined);
      setIsLoadingMore(false);
    },
  };
}
