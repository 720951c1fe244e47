/** Messages between replicas about the log of an organizer. A replica that misses one finds out later by itself. */
import { z } from 'zod';
import { GraphError } from '../../msgraph/error.ts';
import type { Store } from '../../store/store.ts';

const message = z.object({
  key: z.string(),
  /**
   * - `appended`: the log has new records.
   * - `behind`, `current`: the newest round has failed, or succeeded.
   * - `joined`: a replica follows the log from now on, or may have missed messages, and needs to know whether it is
   *   behind.
   * - `released`: the lease is free.
   * - `wake`: a round is wanted. The replica that has the lease runs it.
   * - `subscriptionChanged`: Graph has sent a notification about the subscription; the replica that has the lease acts,
   *   or the next one that acquires it.
   */
  kind: z.enum(['appended', 'behind', 'current', 'joined', 'released', 'wake', 'subscriptionChanged']),
  /** Why the rounds fail, with the status if Graph has responded. */
  reason: z.object({ sentence: z.string(), status: z.int().optional() }).optional(),
  /** With `behind`: whether an earlier round has succeeded since the sender followed the log. */
  isUpToNow: z.boolean().optional(),
  /** With `wake`: whether Graph has sent a notification. */
  isNotified: z.boolean().optional(),
});

export type FeedMessage = z.output<typeof message>;

/** The reason to send for a failure. */
export function reasonOf(error: unknown): FeedMessage['reason'] {
  const sentence = error instanceof Error ? error.message : String(error);
  return { sentence, ...(error instanceof GraphError && error.status !== null ? { status: error.status } : {}) };
}

/** The error of another replica, from its reason. */
export function errorOf(reason: FeedMessage['reason']): GraphError {
  const { sentence = 'Another replica cannot read from Microsoft Graph at the moment.', status } = reason ?? {};
  return new GraphError(sentence, status === undefined ? { reason: 'unreachable' } : { reason: 'status', status });
}

/** Sends a message to every replica, including this one. */
export function announce(store: Store, announced: FeedMessage): Promise<void> {
  return store.publish(JSON.stringify(announced));
}

/** Parses a message; null if the text is none, or one of a newer version. */
export function parseMessage(text: string): FeedMessage | null {
  try {
    return message.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    // Not JSON, so no message of this gateway.
    return null;
  }
}
