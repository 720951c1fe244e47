/** Subscriptions to the recordings of one organizer: https://learn.microsoft.com/en-us/graph/change-notifications-overview */
import type { Clock } from '../../clock.ts';
import type { ChangeRequest, GraphClient } from '../client.ts';
import { GraphError } from '../error.ts';
import type { Operation } from '../operation.ts';
import { SUBSCRIPTIONS_PATH, recordingsResource, subscriptionPath } from '../path.ts';
import { entity, key, readResource, text } from '../resources/resource.ts';
import type { Kind } from '../resources/resource.ts';

/** A subscription at Graph. */
export interface GraphSubscription {
  readonly id: string;
  readonly expiresAtMs: number;
}

/** Every function rejects as the client does. */
export interface GraphSubscriptions {
  /**
   * Subscribes to the recordings of an organizer; each notification carries the `clientState`, at most 128 characters.
   * Graph validates the notification URL meanwhile. Replaces a forgotten subscription for the same URL.
   */
  create(organizerId: string, clientState: string, operation: Operation): Promise<GraphSubscription>;
  /** Extends it, which reauthorizes it too. Null when it no longer exists. */
  renew(id: string, operation: Operation): Promise<GraphSubscription | null>;
  /** Deletes it, if it still exists. */
  remove(id: string, operation: Operation): Promise<void>;
}

export interface GraphSubscriptionsOptions {
  readonly client: Pick<GraphClient, 'get' | 'send'>;
  /** Where Graph sends change notifications, and those about the subscription itself. Graph takes https only. */
  readonly notificationUrl: string;
  /**
   * With a certificate, base64 of its DER, notifications carry recordings, encrypted for it under its `id`; with null
   * only their ids. https://learn.microsoft.com/en-us/graph/change-notifications-with-resource-data
   */
  readonly encryption: { readonly certificate: string; readonly id: string } | null;
  readonly clock: Pick<Clock, 'now'>;
}

/** https://learn.microsoft.com/en-us/graph/change-notifications-overview#subscription-lifetime */
const LONGEST_LIFETIME_MS = 4_320 * 60_000;
/** A request for a lifetime beyond the longest fails, and Graph's clock may be behind ours. */
const MARGIN_MS = 10 * 60_000;

const instant: Kind<string> = {
  expected: 'a date and time',
  is: (value): value is string => typeof value === 'string' && !Number.isNaN(Date.parse(value)),
};
const subscription = entity({ id: key, expirationDateTime: instant });
const target = entity({ notificationUrl: text });

function readSubscription(value: unknown): GraphSubscription {
  const { id, expirationDateTime } = readResource(subscription, 'subscription', value);
  return { id, expiresAtMs: Date.parse(expirationDateTime) };
}

function isStatus(error: unknown, status: number): error is GraphError {
  return error instanceof GraphError && error.status === status;
}

/** Creates access to Graph's subscriptions. */
export function createGraphSubscriptions({
  client,
  notificationUrl,
  encryption,
  clock,
}: GraphSubscriptionsOptions): GraphSubscriptions {
  function longestExpiration(): { readonly expirationDateTime: string } {
    return { expirationDateTime: new Date(clock.now() + LONGEST_LIFETIME_MS - MARGIN_MS).toISOString() };
  }

  /**
   * The id of the subscription that a new one conflicts with, if it is ours: a process may have ended before it stored
   * the id. https://learn.microsoft.com/en-us/graph/api/subscription-post-subscriptions#duplicate-subscription-behavior
   */
  async function forgottenId(error: GraphError, operation: Operation): Promise<string | null> {
    const id = /Subscription Id ([\da-f-]{36}) already exists/i.exec(error.message)?.[1];
    if (id === undefined) return null;
    const existing = readResource(target, 'subscription', await client.get(subscriptionPath(id), operation));
    return existing.notificationUrl === notificationUrl ? id : null;
  }

  async function remove(id: string, operation: Operation): Promise<void> {
    try {
      await client.send({ method: 'DELETE', path: subscriptionPath(id) }, operation);
    } catch (error) {
      if (!isStatus(error, 404)) throw error;
    }
  }

  return {
    remove,
    async create(organizerId, clientState, operation) {
      const request: ChangeRequest = {
        method: 'POST',
        path: SUBSCRIPTIONS_PATH,
        body: {
          changeType: 'created',
          resource: recordingsResource(organizerId),
          notificationUrl,
          // Without it no subscription may last longer than an hour.
          lifecycleNotificationUrl: notificationUrl,
          ...longestExpiration(),
          clientState,
          latestSupportedTlsVersion: 'v1_2',
          ...(encryption === null
            ? {}
            : {
                includeResourceData: true,
                encryptionCertificate: encryption.certificate,
                encryptionCertificateId: encryption.id,
              }),
        },
      };
      try {
        return readSubscription(await client.send(request, operation));
      } catch (error) {
        const forgotten = isStatus(error, 409) ? await forgottenId(error, operation) : null;
        if (forgotten === null) throw error;
        await remove(forgotten, operation);
        return readSubscription(await client.send(request, operation));
      }
    },
    async renew(id, operation) {
      try {
        const request: ChangeRequest = { method: 'PATCH', path: subscriptionPath(id), body: longestExpiration() };
        return readSubscription(await client.send(request, operation));
      } catch (error) {
        if (isStatus(error, 404)) return null;
        throw error;
      }
    },
  };
}
