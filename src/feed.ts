/** Wires the change feed: the application that it calls Graph as, and the notifications by which Graph wakes it. */
import { randomUUID } from 'node:crypto';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { NotificationsEndpoint } from './http/notifications.ts';
import type { Log } from './log.ts';
import type { GraphClient } from './msgraph/client.ts';
import { decryptContent } from './msgraph/notifications/encrypted-content.ts';
import { createGraphSubscriptions } from './msgraph/notifications/graph-subscription.ts';
import { createOperation } from './msgraph/operation.ts';
import type { Operation } from './msgraph/operation.ts';
import { createFeed } from './recordings/delta/feed.ts';
import type { Feed } from './recordings/delta/feed.ts';
import type { Seal } from './recordings/seal.ts';
import { openMemoryStore } from './shared-store.ts';
import type { Store } from './store/store.ts';
import type { Metrics } from './telemetry/metrics.ts';

interface FeedWiring {
  readonly config: Config;
  readonly log: Log;
  readonly clock: Clock;
  /** A number from 0 to 1, for jitter; random by default. */
  readonly random?: (() => number) | undefined;
  /** The client of the application. Only applications may track changes. */
  readonly client: GraphClient;
  readonly store: Store;
  readonly seal: Seal;
  /** Identifies the tenant. */
  readonly tenant: string;
  /** Where this gateway listens; null until it does. */
  readonly ownUrl: () => string | null;
  readonly metrics: Metrics | null;
}

export interface WiredFeed {
  readonly feed: Feed;
  /** The dependencies of `/notifications`. */
  readonly notifications: NotificationsEndpoint;
}

/** Background work may take longer than an operation. A first round that takes even longer resumes where it stopped. */
const BACKGROUND_LIMITS = { timeoutMs: 60_000, graphRequests: 10_000, httpRequests: 10_000 };

/** Verifies notifications with content: by Microsoft's tokens and by decryption. Null if none have content. */
async function createProof({ config, log, clock }: FeedWiring): Promise<NotificationsEndpoint['isGenuine']> {
  const { graph, feed, graphCertificateAuthority } = config;
  if (feed.certificates.length === 0 || graph.kind !== 'entra' || graph.credential.kind === 'default') return null;
  const { tenantId, clientId, authority } = graph.credential;
  const { createValidationTokens } = await import('./access/validation-token.ts');
  const validationTokens = createValidationTokens({
    authority,
    tenantIds: [tenantId],
    appIds: [clientId],
    certificateAuthority: graphCertificateAuthority,
    clock,
    onKeysNotRenewed: (error) => log.warn({ error }, 'the keys of Entra ID could not be renewed'),
    onRefused: (error) => log.warn({ error }, 'notifications were refused because their tokens could not be verified'),
  });
  return async (tokens, contents) => {
    if (!(await validationTokens.areGenuine(tokens))) return false;
    try {
      for (const content of contents) decryptContent(content, feed.certificates);
      return true;
    } catch (error) {
      log.warn({ error }, 'notifications were refused because their content could not be decrypted');
      return false;
    }
  };
}

/** Wires a feed. Each notification returns the sealed `clientState`, which proves its organizer to all replicas. */
export async function wireFeed(wiring: FeedWiring): Promise<WiredFeed> {
  const { config, log, clock, random = Math.random, client, store, seal, tenant, ownUrl, metrics } = wiring;
  const purpose = JSON.stringify(['notification', tenant]);
  const [certificate] = config.feed.certificates;

  function newOperation(): Operation {
    // All rounds count as one caller, so together they get the share of one user in the queue.
    return createOperation({ requestId: randomUUID(), limits: BACKGROUND_LIMITS, clock, caller: 'the feed' });
  }

  /** Where Graph reaches this gateway; null if it cannot. The embedded emulator is local and needs no public URL. */
  function notificationUrl(): string | null {
    const url = config.publicUrl ?? (config.graph.kind === 'emulator' ? ownUrl() : null);
    return url === null ? null : `${url}/notifications`;
  }

  const feed = createFeed({
    client,
    store,
    createSpareStore: () => openMemoryStore(clock),
    tenant,
    clock,
    random,
    intervals: config.feed,
    newOperation,
    subscriptionFor(organizerId) {
      const url = notificationUrl();
      if (url === null) return null;
      const options = { client, notificationUrl: url, encryption: certificate ?? null, clock };
      return {
        subscriptions: createGraphSubscriptions(options),
        clientState: seal.seal(purpose, organizerId),
        // A different address, certificate or key requires a new subscription.
        madeWith: seal.digest('subscription', JSON.stringify([url, certificate?.id ?? null])),
      };
    },
    onFailure: (what, error) => log.warn({ error }, what),
    onRound: metrics?.feed.round,
  });
  metrics?.feed.watch(() => feed.state());

  return {
    feed,
    notifications: {
      organizerOf: (clientState) => seal.open(purpose, clientState),
      isGenuine: await createProof(wiring),
      wakeUp(organizerId, event) {
        feed.notify(organizerId, event === 'created' || event === 'missed' ? 'wake' : 'subscriptionChanged');
      },
      log,
      clock,
    },
  };
}
