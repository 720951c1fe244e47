/** The endpoints of subscription, and the delivery of notifications. */
import { randomUUID } from 'node:crypto';
import { requirePermission } from '../authorization.ts';
import type { Caller } from '../caller.ts';
import { dateTime } from '../date-time.ts';
import { readRecordings } from '../endpoints/call-recording.ts';
import { versionRoot } from '../endpoints/page.ts';
import { GraphError, notFound } from '../graph-error.ts';
import { json } from '../http/exchange.ts';
import type { GraphAnswer, GraphCall } from '../http/exchange.ts';
import type { Recording, Tenant } from '../tenant/tenant.ts';
import { deliver, lifecycleChanged, validateEndpoint } from './change-notification.ts';
import type { LifecycleEvent } from './change-notification.ts';
import { parseEncryption } from './encryption.ts';
import type { RecordingSubscriber } from './recording-notification.ts';
import { covers, parseExpiration, parseRenewal, parseScope, parseSubscriptionRequest } from './subscription-request.ts';
import type { Scope } from './subscription-request.ts';

interface Subscription extends RecordingSubscriber {
  readonly scope: Scope;
  readonly resource: string;
  readonly notificationUrl: string;
  readonly lifecycleNotificationUrl: string | null;
  readonly latestSupportedTlsVersion: string;
  readonly creatorId: string;
}

/** One notification that was sent, and the response of its endpoint. */
export interface Delivery {
  readonly subscriptionId: string;
  readonly url: string;
  readonly notification: unknown;
  /** The status of the response; null when there was none. */
  readonly status: number | null;
  readonly reason: string;
}

type Endpoint = (call: GraphCall) => GraphAnswer | Promise<GraphAnswer>;

/** The endpoints of subscription, and the notifications that it sends: https://learn.microsoft.com/en-us/graph/api/resources/subscription */
export interface Subscriptions {
  readonly list: Endpoint;
  readonly create: Endpoint;
  readonly get: Endpoint;
  readonly renew: Endpoint;
  readonly reauthorize: Endpoint;
  readonly remove: Endpoint;
  /** The finished deliveries, failed ones included, newest last; the newest 1,000. */
  readonly deliveries: readonly Delivery[];
  /** Notifies each subscription that covers the recording. Each notification is sent once and never retried. */
  readonly notify: (recording: Recording) => void;
  /**
   * Sends a lifecycle notification of a subscription, and resolves when it is delivered or has failed. Rejects when
   * there is no such subscription, or when it has no lifecycleNotificationUrl.
   */
  readonly sendLifecycleEvent: (subscriptionId: string, event: LifecycleEvent) => Promise<Delivery>;
  /** Aborts all deliveries, and resolves when none is in progress. */
  readonly close: () => Promise<void>;
}

const mostDeliveriesKept = 1000;

/** Keeps the subscriptions to a tenant's recordings. `notificationOf` creates the notification of a new recording. */
export function createSubscriptions(dependencies: {
  readonly tenant: Tenant;
  readonly notificationOf: (subscriber: RecordingSubscriber, recording: Recording) => unknown;
  readonly now: () => number;
}): Subscriptions {
  const { notificationOf, now, tenant } = dependencies;
  const subscriptions = new Map<string, Subscription>();
  const deliveries: Delivery[] = [];
  const underWay = new Set<Promise<Delivery>>();
  const closing = new AbortController();

  function live(): readonly Subscription[] {
    for (const { id, expirationMs } of subscriptions.values()) {
      if (expirationMs <= now()) {
        subscriptions.delete(id);
      }
    }
    return [...subscriptions.values()];
  }

  function find(id: string): Subscription {
    const found = live().find((subscription) => subscription.id === id);
    if (found === undefined) {
      throw new GraphError(404, 'ResourceNotFound', `The subscription '${id}' does not exist or has expired.`);
    }
    return found;
  }

  const findCalled = (call: GraphCall): Subscription => find(call.path.keys[0] ?? '');

  function requireScope(caller: Caller, { kind, id }: Scope): void {
    requirePermission(caller, kind === 'tenant' ? { ...readRecordings, delegated: [] } : readRecordings);
    const meeting = kind === 'meeting' ? tenant.meeting(id) : undefined;
    const organizer = tenant.user(meeting?.organizerId ?? id);
    if (kind !== 'tenant' && organizer === undefined) {
      throw notFound(`The ${kind} '${id}' of the subscription does not exist.`);
    }
    const allowed = [organizer?.id, ...(meeting?.attendeeIds ?? [])].map((userId) => userId?.toLowerCase());
    if (caller.kind === 'delegated' && !allowed.includes(caller.userId.toLowerCase())) {
      throw new GraphError(
        403,
        'ExtensionError',
        'Operation: Create; Exception: [Status Code: Forbidden; Reason: The request is not authorized for this user or application.]',
      );
    }
  }

  /** https://learn.microsoft.com/en-us/graph/api/subscription-post-subscriptions#duplicate-subscription-behavior */
  function refuseDuplicate(resource: string, creatorId: string): void {
    const existing = live().find((other) => other.resource === resource && other.creatorId === creatorId);
    if (existing !== undefined) {
      throw new GraphError(
        409,
        'Conflict',
        `Subscription Id ${existing.id} already exists for the requested combination`,
      );
    }
  }

  async function send(subscription: Subscription, url: string, notification: unknown): Promise<Delivery> {
    const outcome = await deliver(url, notification, closing.signal);
    const delivery = { subscriptionId: subscription.id, url, notification, ...outcome };
    deliveries.push(delivery);
    if (deliveries.length > mostDeliveriesKept) {
      deliveries.shift();
    }
    return delivery;
  }

  function track(delivery: Promise<Delivery>): Promise<Delivery> {
    underWay.add(delivery);
    return delivery.finally(() => underWay.delete(delivery));
  }

  return {
    deliveries,

    list(call) {
      const value = live().map(print);
      return json({ '@odata.context': `${versionRoot(call)}/$metadata#subscriptions`, value });
    },

    async create(call) {
      const asked = parseSubscriptionRequest(call.request.json());
      const { clientState = null, lifecycleNotificationUrl = null, notificationUrl, resource } = asked;
      const scope = parseScope(resource);
      const encryption = parseEncryption(asked);
      requireScope(call.caller, scope);
      const expirationMs = parseExpiration(asked.expirationDateTime, lifecycleNotificationUrl !== null, now());
      const { caller } = call;
      const creatorId = caller.kind === 'delegated' ? caller.userId : caller.appId;
      refuseDuplicate(resource, creatorId);
      await validateEndpoint(notificationUrl, call.request.requestId);
      if (lifecycleNotificationUrl !== null) {
        await validateEndpoint(lifecycleNotificationUrl, call.request.requestId);
      }
      // Another request may have been faster meanwhile.
      refuseDuplicate(resource, creatorId);
      const subscription: Subscription = {
        id: randomUUID(),
        scope,
        resource,
        clientState,
        notificationUrl,
        lifecycleNotificationUrl,
        latestSupportedTlsVersion: asked.latestSupportedTlsVersion ?? 'v1_2',
        applicationId: caller.appId,
        creatorId,
        expirationMs,
        root: versionRoot(call),
        encryption,
      };
      subscriptions.set(subscription.id, subscription);
      return json(printAlone(call, subscription), 201);
    },

    get: (call) => json(printAlone(call, findCalled(call))),

    renew(call) {
      const subscription = findCalled(call);
      const { expirationDateTime } = parseRenewal(call.request.json());
      const hasLifecycleUrl = subscription.lifecycleNotificationUrl !== null;
      const renewed = { ...subscription, expirationMs: parseExpiration(expirationDateTime, hasLifecycleUrl, now()) };
      subscriptions.set(renewed.id, renewed);
      return json(printAlone(call, renewed));
    },

    reauthorize(call) {
      findCalled(call);
      return { status: 204, headers: {} };
    },

    remove(call) {
      subscriptions.delete(findCalled(call).id);
      return { status: 204, headers: {} };
    },

    notify(recording) {
      for (const subscription of live().filter(({ scope }) => covers(scope, recording))) {
        void track(send(subscription, subscription.notificationUrl, notificationOf(subscription, recording)));
      }
    },

    async sendLifecycleEvent(subscriptionId, event) {
      const subscription = find(subscriptionId);
      const { lifecycleNotificationUrl } = subscription;
      if (lifecycleNotificationUrl === null) {
        throw notFound(`The subscription '${subscriptionId}' has no lifecycleNotificationUrl.`);
      }
      if (event === 'subscriptionRemoved') {
        subscriptions.delete(subscriptionId);
      }
      return track(send(subscription, lifecycleNotificationUrl, lifecycleChanged(subscription, event, tenant.id)));
    },

    async close() {
      closing.abort();
      await Promise.all(underWay);
    },
  };
}

function printAlone(call: GraphCall, subscription: Subscription): Readonly<Record<string, unknown>> {
  return { '@odata.context': `${versionRoot(call)}/$metadata#subscriptions/$entity`, ...print(subscription) };
}

function print(subscription: Subscription): Readonly<Record<string, unknown>> {
  const { encryption, expirationMs, root: _root, scope: _scope, ...printed } = subscription;
  return {
    ...printed,
    changeType: 'created',
    expirationDateTime: dateTime(expirationMs),
    includeResourceData: encryption !== null,
    // Never returned.
    encryptionCertificate: null,
    encryptionCertificateId: encryption?.id ?? null,
    notificationQueryOptions: null,
    notificationUrlAppId: null,
  };
}
