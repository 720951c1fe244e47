/**
 * The change feed: delivers new recordings of organizers once and in order, to queries and subscribers. A notification
 * only triggers a round: all results come from Graph's change tracking.
 */
import { randomUUID } from 'node:crypto';
import { nothingToCancel } from '../../clock.ts';
import { StoreError } from '../../store/error.ts';
import type { Store } from '../../store/store.ts';
import { openChannel } from './channel.ts';
import type { Channel, ChannelParts } from './channel.ts';
import { deliver } from './delivery.ts';
import type { Since, FeedEvent } from './feed-event.ts';
import { createForwarding } from './forwarding.ts';
import { LogLostError, createDeltaLog } from './log.ts';
import { parseMessage } from './message.ts';
import { createQuery } from './query.ts';
import type { DeltaQuery } from './query.ts';
import { createRunningOperations } from './running-operations.ts';

/** The state of the organizers that a replica follows. */
export interface FeedState {
  readonly organizers: number;
  /** The number of them for which recordings may be missing. */
  readonly behind: number;
  /** The longest time that one of them has been without a round, in milliseconds; 0 if none is followed. */
  readonly oldestRoundAgeMs: number;
}

export interface Feed {
  /** Runs a round and returns the additions. Rejects as the function of `createQuery` does. */
  ask(query: DeltaQuery): Promise<FeedEvent>;
  /** Yields past additions, then new ones, as `deliver` does. */
  listen(organizerId: string, since: Since, signal: AbortSignal): AsyncGenerator<FeedEvent, void>;
  /** Called when Graph has sent a notification about an organizer or its subscription. */
  notify(organizerId: string, kind: 'wake' | 'subscriptionChanged'): void;
  state(): FeedState;
  /** Ends everything and hands the rounds over to other replicas. */
  close(): Promise<void>;
}

export interface FeedParts extends Omit<ChannelParts, 'key' | 'log' | 'organizerId' | 'holder' | 'subscription'> {
  /** The tenant. Each tenant has its own logs. */
  readonly tenant: string;
  /** Creates an empty store, which replaces the store for single queries while that is unreachable. */
  readonly createSpareStore: () => Store;
  /** The subscription at Graph that triggers the rounds of an organizer; null if Graph cannot reach this gateway. */
  readonly subscriptionFor: (organizerId: string) => ChannelParts['subscription'];
}

/** How long rounds continue after the last subscriber has left, because it may reconnect soon. */
const LINGER_MS = 10_000;

/** How long the recordings that queries found without the store are kept after the last such query. */
const SPARE_STORE_KEPT_MS = 60_000;

/** How long the last requests to Graph may take at shutdown. */
const HANDOVER_MS = 3_000;

interface OpenChannel {
  readonly channel: Channel;
  listeners: number;
  cancelClosing: () => void;
}

/** Creates the feed of one replica. */
export function createFeed(parts: FeedParts): Feed {
  const { clock, store, tenant } = parts;
  const channels = new Map<string, OpenChannel>();
  const closing = new Set<Promise<void>>();
  const keyOf = (organizerId: string): string => `${tenant}/${organizerId.toLowerCase()}`;
  const operations = createRunningOperations(parts.newOperation);
  const forwarding = createForwarding(parts);

  const answer = createQuery({ ...parts, withOperation: operations.run, keyOf });
  /** Set while the store is unreachable, and forgotten some time after it, with the memory that it takes. */
  let answerWithoutStore: typeof answer | null = null;
  let cancelForgetting = nothingToCancel;

  async function answerFromStore(query: DeltaQuery): Promise<FeedEvent> {
    try {
      return await answer(query);
    } catch (error) {
      if (!(error instanceof LogLostError)) throw error;
      return answer(query);
    }
  }

  const stopListening = store.listen({
    onMessage(text) {
      const message = parseMessage(text);
      if (message !== null) channels.get(message.key)?.channel.onMessage(message);
    },
    onGap() {
      for (const { channel } of channels.values()) channel.onGap();
    },
  });

  function open(organizerId: string): OpenChannel {
    const key = keyOf(organizerId);
    const channel = openChannel({
      ...parts,
      newOperation: operations.begin,
      key,
      organizerId,
      // Unique to each channel, so that a closing one and its successor are not the same holder.
      holder: randomUUID(),
      log: createDeltaLog(store, key, organizerId),
      subscription: parts.subscriptionFor(organizerId),
    });
    const opened = { channel, listeners: 0, cancelClosing: () => {} };
    channels.set(key, opened);
    return opened;
  }

  function close(key: string, { channel, cancelClosing }: OpenChannel): void {
    cancelClosing();
    channels.delete(key);
    const closed = channel.close().finally(() => closing.delete(closed));
    closing.add(closed);
  }

  return {
    async ask(query) {
      // For the first page of a round, however often it is started.
      query.operation.spend();
      try {
        return await answerFromStore(query);
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        answerWithoutStore ??= createQuery({
          ...parts,
          withOperation: operations.run,
          keyOf,
          store: parts.createSpareStore(),
        });
        cancelForgetting();
        cancelForgetting = clock.after(SPARE_STORE_KEPT_MS, () => {
          answerWithoutStore = null;
        });
        return answerWithoutStore(query);
      }
    },

    async *listen(organizerId, since, signal) {
      signal.throwIfAborted();
      const key = keyOf(organizerId);
      const joined = channels.get(key) ?? open(organizerId);
      joined.cancelClosing();
      joined.listeners += 1;
      // A new subscriber does not wait for the scheduled retry.
      if (joined.channel.hasFailed()) joined.channel.hurry();
      try {
        yield* deliver(joined.channel, since, signal);
      } finally {
        joined.listeners -= 1;
        if (joined.listeners === 0) joined.cancelClosing = clock.after(LINGER_MS, () => close(key, joined));
      }
    },

    notify: (organizerId, kind) => forwarding.forward({ key: keyOf(organizerId), kind, isNotified: true }),

    state() {
      const followed = [...channels.values()].map(({ channel }) => channel);
      return {
        organizers: followed.length,
        behind: followed.filter((channel) => channel.isBehind()).length,
        // Not as arguments of one call: a call takes only so many.
        oldestRoundAgeMs: followed.reduce((ms, channel) => Math.max(ms, clock.steadyMs() - channel.currentAtMs()), 0),
      };
    },

    async close() {
      stopListening();
      forwarding.end();
      cancelForgetting();
      for (const [key, joined] of channels) close(key, joined);
      operations.endAll();
      const cancel = clock.after(HANDOVER_MS, operations.endAll);
      await Promise.all(closing);
      cancel();
    },
  };
}
