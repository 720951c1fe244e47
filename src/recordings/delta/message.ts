/** What replicas tell each other about the log of an organizer. Whoever misses one finds out by itself, only later. */
import { z } from 'zod';
import { GraphError } from '../../msgraph/error.ts';
import type { Store } from '../../store/store.ts';

const message = z.object({
  key: z.string(),
  /**
   * - `appended`: there is more in the log.
   * - `behind`, `current`: the newest round has failed, or has not.
   * - `joined`: somebody follows the log from now on, and wants to know if it is behind.
   * - `released`: whoever waits for the lease may have it.
   * - `wake`, `subscriptionChanged`: Graph has said so, and the replica that has the lease acts on it.
   */
  kind: z.enum(['appended', 'behind', 'current', 'joined', 'released', 'wake', 'subscriptionChanged']),
  /** Why the rounds fail, with the status where Graph has answered. */
  reason: z.object({ sentence: z.string(), status: z.int().optional() }).optional(),
});

export type FeedMessage = z.output<typeof message>;

/** How a failure is told. */
export function reasonOf(error: unknown): FeedMessage['reason'] {
  const sentence = error instanceof Error ? error.message : String(error);
  return { sentence, ...(error instanceof GraphError && error.status !== null ? { status: error.status } : {}) };
}

/** What has failed in another replica, as it says. */
export function errorOf(reason: FeedMessage['reason']): GraphError {
  const { sentence = 'Another replica cannot ask Microsoft Graph at present.', status } = reason ?? {};
  return new GraphError(sentence, status === undefined ? { reason: 'unreachable' } : { reason: 'status', status });
}

/** Tells every replica, the own one too. */
export function announce(store: Store, told: FeedMessage): Promise<void> {
  return store.publish(JSON.stringify(told));
}

/** The message in a text; null when it is none, of a newer version for instance. */
export function parseMessage(text: string): FeedMessage | null {
  try {
    return message.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    // No JSON, so that it is no message of ours.
    return null;
  }
}
