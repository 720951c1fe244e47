/** Resolvers of `Subscription`. */
import type { CallRecordingDelta } from '../../recordings/call-recording-delta.ts';
import type { SubscriptionResolvers } from '../resolvers.generated.ts';

export const Subscription: SubscriptionResolvers = {
  callRecordingDelta: {
    subscribe: (_, { meetingOrganizerId, since }, { recordings, signal }) =>
      recordings.callRecordingDeltas(meetingOrganizerId, since ?? null, signal),
    resolve: (delta: CallRecordingDelta) => delta,
  },
};
