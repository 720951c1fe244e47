/** Resolvers of `CallRecordingConnection`. */
import type { CallRecordingConnectionResolvers } from '../resolvers.generated.ts';

export const CallRecordingConnection: CallRecordingConnectionResolvers = {
  nodes: ({ edges }) => edges.map(({ node }) => node),
  pageInfo: ({ edges, hasNextPage }) => ({
    startCursor: edges[0]?.cursor() ?? null,
    endCursor: edges.at(-1)?.cursor() ?? null,
    hasNextPage,
    hasPreviousPage: false,
  }),
};
