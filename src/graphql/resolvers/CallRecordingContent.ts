/** Resolvers of `CallRecordingContent`. */
import type { CallRecordingContentResolvers } from '../resolvers.generated.ts';

export const CallRecordingContent: CallRecordingContentResolvers = {
  contentType: async ({ address }, _, { contents }) => (await contents.facts(address)).contentType,
  size: async ({ address }, _, { contents }) => (await contents.facts(address)).size,
};
