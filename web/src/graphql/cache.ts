/** Apollo Client's cache of the gateway's answers. */
import { InMemoryCache } from '@apollo/client';
import type { FieldMergeFunction, Reference } from '@apollo/client';

/** A cached list of recordings: references to them, and the cursor for more. */
export interface KeptList {
  readonly nodes: readonly Reference[];
  readonly pageInfo: unknown;
}

/**
 * Appends a page to a list, each recording once: a new recording may have shifted the pages. An answer to a query
 * without `after` is a whole list and replaces the old one.
 */
export const mergePages: FieldMergeFunction<KeptList> = (existing, incoming, { args }) => {
  if (existing === undefined || typeof args?.['after'] !== 'string') return incoming;
  const known = new Set(existing.nodes.map((node) => node.__ref));
  return { ...incoming, nodes: [...existing.nodes, ...incoming.nodes.filter((node) => !known.has(node.__ref))] };
};

/**
 * Creates an empty cache. The `id` of a recording or a meeting is unique only within its parent, so the cache uses the
 * whole keys. They are those of `@key` in schema.graphql, and are selected wherever the type is.
 */
export function createCache(): InMemoryCache {
  return new InMemoryCache({
    typePolicies: {
      CallRecording: { keyFields: ['meetingOrganizerId', 'meetingId', 'id'] },
      OnlineMeeting: { keyFields: ['organizerId', 'id'] },
      Query: {
        fields: {
          // `relayStylePagination` needs edges with cursors. A recording from a live event has no cursor.
          callRecordings: { keyArgs: ['meetingOrganizerId', 'startDateTime', 'endDateTime'], merge: mergePages },
        },
      },
    },
  });
}
