/** Resolvers of `CallRecordingConnection`. */
import type { CallRecordingConnectionResolvers } from '../resolvers.generated.ts';

export const CallRecordingConnection: CallRecordingConnectionResolvers = {
  edges: ({ nodes, cursorAfter }) => nodes.map((node, index) => ({ node, cursor: () => cursorAfter(index) })),
  pageInfo: ({ nodes, hasNextPage, cursorAfter }) => ({
    startCursor: nodes.length === 0 ? null : cursorAfter(0),
    endCursor: nodes.length === 0 ? null : cursorAfter(nodes.length - 1),
    hasNextPage,
    hasPreviousPage: false,
  }),
};
