/**
 * The change feed: what is added to the recordings of organizers, told once and in order, to whoever asks and to whoever
 * listens. A wake-up is only a wake-up: the truth is always a round of Graph's change tracking.
 */
import { randomUUID } from 'node:crypto';
import type { Operation } from '../../msgraph/operation.ts';
import type { Store } from '../../store/store.ts';
import { StoreError } from '../../store/error.ts';
import { createAsk } from './ask.ts';
import type { Question } from './ask.ts';
import { openChannel } from './channel.ts';
import type { Channel, ChannelParts } from './channel.ts';
import { LogLostError, createDeltaLog } from './log.ts';
import { announce, parseMessage } from './message.ts';
import { tell } from './tell.ts';
import type { Since, Told } from './told.ts';

/** How it stands with the organizers whom a replica follows. */
export interface FeedState {
  readonly organizers: number;
  /** For how many of them there may be more than is told. */
  readonly behind: number;
  /** How long the one has gone without a round who has gone longest, in milliseconds; 0 where nobody is followed. */
  readonly oldestRoundAgeMs: number;
}

export interface Feed {
  /** Runs a round and tells what was added. Rejects as what `createAsk` creates does. */
  ask(question: Question): Promise<Told>;
  /** Tells what was added, and then what is, as `tell` does. */
  listen(organizerId: string, since: Since, signal: AbortSignal): AsyncGenerator<Told, void>;
  /** Graph has something to say about an organizer, or about the subscription for them. */
  notify(organizerId: string, kind: 'wake' | 'subscriptionChanged'): void;
  state(): FeedState;
  /** Ends everything, and leaves to other replicas what they go on with. */
  close(): Promise<void>;
}

export interface FeedParts extends Omit<ChannelParts, 'key' | 'log' | 'organizerId' | 'holder' | 'subscription'> {
  /** Which tenant it is: the logs of another are others. */
  readonly tenant: string;
  /** Stands in for the store while that is away, for those who ask once. */
  readonly spareStore: Store;
  /** What wakes the rounds of an organizer; null where Graph cannot reach us. */
  readonly subscriptionFor: (organizerId: string) => ChannelParts['subscription'];
}

/** Somebody who has left may be back soon, so that rounds go on for a while when nobody listens any more. */
const LINGER_MS = 10_000;

/** At the end what Graph has to be told of it may take so long. */
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
  const operations = new Set<Operation>();

  /** One that the end of the feed ends. */
  function newOperation(): Operation {
    const operation = parts.newOperation();
    operations.add(operation);
    return {
      ...operation,
      end() {
        operations.delete(operation);
        operation.end();
      },
    };
  }

  function endOperations(): void {
    for (const operation of operations) operation.end();
  }

  const ask = createAsk({ ...parts, newOperation, keyOf });
  const askWithoutStore = createAsk({ ...parts, newOperation, keyOf, store: parts.spareStore });

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
      newOperation,
      key,
      organizerId,
      // Another for each channel, so that one that is being closed and its successor do not pass for each other.
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
    async ask(question) {
      // For the first page of a round, however often it is begun.
      question.operation.spend();
      try {
        return await ask(question);
      } catch (error) {
        if (error instanceof LogLostError) return ask(question);
        if (!(error instanceof StoreError)) throw error;
        return askWithoutStore(question);
      }
    },

    async *listen(organizerId, since, signal) {
      signal.throwIfAborted();
      const key = keyOf(organizerId);
      const joined = channels.get(key) ?? open(organizerId);
      joined.cancelClosing();
      joined.listeners += 1;
      // Who comes while it fails does not have to wait until it is tried again.
      if (joined.channel.hasFailed()) joined.channel.hurry();
      try {
        yield* tell(joined.channel, since, signal);
      } finally {
        joined.listeners -= 1;
        if (joined.listeners === 0) joined.cancelClosing = clock.after(LINGER_MS, () => close(key, joined));
      }
    },

    notify(organizerId, kind) {
      announce(store, { key: keyOf(organizerId), kind }).catch((error: unknown) =>
        parts.onFailure('other replicas could not be told of a notification', error),
      );
    },

    state() {
      const followed = [...channels.values()].map(({ channel }) => channel);
      return {
        organizers: followed.length,
        behind: followed.filter((channel) => channel.isBehind()).length,
        oldestRoundAgeMs: Math.max(0, ...followed.map((channel) => clock.steadyMs() - channel.currentAtMs())),
      };
    },

    async close() {
      stopListening();
      for (const [key, joined] of channels) close(key, joined);
      endOperations();
      const cancel = clock.after(HANDOVER_MS, endOperations);
      await Promise.all(closing);
      cancel();
    },
  };
}
