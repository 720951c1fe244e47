/** Resolvers of `CallRecordingEdge`. */
import type { CallRecordingEdgeResolvers } from '../resolvers.generated.ts';

export const CallRecordingEdge: CallRecordingEdgeResolvers = {
  cursor: ({ cursor }) => cursor(),
};
