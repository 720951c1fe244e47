/** How Apollo Client keeps what the gateway answers. */
import { InMemoryCache } from '@apollo/client';
import type { FieldMergeFunction, Reference } from '@apollo/client';

/** A list of recordings as the cache keeps it: where each is, and how to ask for more. */
export interface KeptList {
  readonly nodes: readonly Reference[];
  readonly pageInfo: unknown;
}

/**
 * Puts a page behind those that are there, each recording once: one that appeared meanwhile may have moved a page on. What
 * was not asked for `after` another page is a whole list, and takes the place of what was there.
 */
export const mergePages: FieldMergeFunction<KeptList> = (existing, incoming, { args }) => {
  if (existing === undefined || typeof args?.['after'] !== 'string') return incoming;
  const known = new Set(existing.nodes.map((node) => node.__ref));
  return { ...incoming, nodes: [...existing.nodes, ...incoming.nodes.filter((node) => !known.has(node.__ref))] };
};

/**
 * Creates an empty cache. An `id` of a recording or a meeting is unique only together with what is above it, so that the
 * cache is told the whole keys: they are those of `@key` in schema.graphql, and are selected wherever the type is.
 */
export function createCache(): InMemoryCache {
  return new InMemoryCache({
    typePolicies: {
      CallRecording: { keyFields: ['meetingOrganizerId', 'meetingId', 'id'] },
      OnlineMeeting: { keyFields: ['organizerId', 'id'] },
      Query: {
        fields: {
          // `relayStylePagination` wants edges, each with its cursor. A recording that is told live has no cursor.
          callRecordings: { keyArgs: ['meetingOrganizerId', 'startDateTime', 'endDateTime'], merge: mergePages },
        },
      },
    },
  });
}
