/** Forwards what Graph notifies this replica of to all replicas, one of which runs the rounds. */
import type { Clock } from '../../clock.ts';
import type { Store } from '../../store/store.ts';
import { announce } from './message.ts';
import type { FeedMessage } from './message.ts';

export interface Forwarding {
  /** Sends a message to all replicas: while the store is unreachable, again and again. Graph sends nothing twice. */
  readonly forward: (message: Pick<FeedMessage, 'key' | 'kind'>) => void;
  /** Stops sending. */
  readonly end: () => void;
}

interface ForwardingParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly onFailure: (what: string, error: unknown) => void;
}

const FORWARD_AGAIN_MS = 1_000;

/** Creates the forwarding of one replica. */
export function createForwarding({ store, clock, onFailure }: ForwardingParts): Forwarding {
  /** How to cancel the next try, of each message that waits for one. */
  const waiting = new Map<string, () => void>();
  let isEnded = false;

  function forward(message: Pick<FeedMessage, 'key' | 'kind'>, isRepeated = false): void {
    const name = JSON.stringify(message);
    announce(store, message).catch((error: unknown) => {
      if (isEnded) return;
      if (!isRepeated) onFailure('a notification cannot be forwarded to the other replicas at the moment', error);
      waiting.get(name)?.();
      const again = (): void => {
        waiting.delete(name);
        forward(message, true);
      };
      waiting.set(name, clock.after(FORWARD_AGAIN_MS, again));
    });
  }

  return {
    forward: (message) => forward(message),
    end() {
      isEnded = true;
      for (const cancel of waiting.values()) cancel();
    },
  };
}
