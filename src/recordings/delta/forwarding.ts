/** Forwards what Graph notifies this replica of to all replicas, one of which runs the rounds. */
import type { Clock } from '../../clock.ts';
import type { Store } from '../../store/store.ts';
import { announce } from './message.ts';
import type { FeedMessage } from './message.ts';

export interface Forwarding {
  /** Sends a message to all replicas: while the store is unreachable, again and again. Graph sends nothing twice. */
  readonly forward: (notification: FeedMessage) => void;
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
  /** Notifications that could not be sent, each once, by their texts. */
  const waiting = new Map<string, FeedMessage>();
  /** Null while nothing is to be sent again. */
  let cancelNext: (() => void) | null = null;
  let isEnded = false;

  /** Sends what waits, one after the other, until one fails: then the store is still unreachable. */
  async function sendWaiting(): Promise<void> {
    for (const [text, notification] of waiting) {
      try {
        // oxlint-disable-next-line no-await-in-loop -- the next one would fail like this one
        await announce(store, notification);
        waiting.delete(text);
      } catch {
        return sendWaitingLater();
      }
    }
  }

  function sendWaitingLater(): void {
    if (isEnded || cancelNext !== null) return;
    cancelNext = clock.after(FORWARD_AGAIN_MS, () => {
      cancelNext = null;
      void sendWaiting();
    });
  }

  return {
    forward(notification) {
      announce(store, notification).catch((error: unknown) => {
        if (isEnded) return;
        if (waiting.size === 0)
          onFailure('notifications cannot be forwarded to the other replicas at the moment', error);
        waiting.set(JSON.stringify(notification), notification);
        sendWaitingLater();
      });
    },
    end() {
      isEnded = true;
      cancelNext?.();
    },
  };
}
