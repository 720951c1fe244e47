/** Wires the folders of `src/` into a gateway that listens and shuts down in order. */
import { join } from 'node:path';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import { wireContent } from './content.ts';
import { wireFeed } from './feed.ts';
import type { GraphAccess } from './graph-access.ts';
import { checkTrustedDocuments, createFindDocument } from './graphql/documents/trusted-documents.ts';
import { formatError } from './graphql/errors.ts';
import { demoOrganizerId, exampleOperations, exampleOperationsToFillIn } from './graphql/example-operations.ts';
import { createKnownOperations } from './graphql/execution/known-operations.ts';
import { createLive } from './graphql/live.ts';
import { createSchema } from './graphql/schema/schema.ts';
import { createGraphQLServer } from './graphql/server.ts';
import { createValidation } from './graphql/validation.ts';
import { createApp } from './http/app.ts';
import { registerContent } from './http/content/content.ts';
import { prepareDrain } from './http/drain.ts';
import { registerHealth } from './http/health.ts';
import { registerMetrics } from './http/metrics.ts';
import { registerNotifications } from './http/notifications.ts';
import { registerPlayground } from './http/pages/playground.ts';
import { registerViewer } from './http/pages/viewer.ts';
import { allowOrigins } from './http/protection/cors.ts';
import { createIsOwnName, refuseOtherNames } from './http/protection/host-name.ts';
import { refuseOverload } from './http/protection/overload-refusal.ts';
import { createOverload } from './http/protection/overload.ts';
import { createSlots } from './http/protection/slots.ts';
import { createWaitingRoom } from './http/protection/waiting-room.ts';
import { createCallbacks } from './http/transports/callback.ts';
import { registerGraphQL } from './http/transports/graphql.ts';
import { LISTENING } from './http/transports/live.ts';
import { registerWebSocket } from './http/transports/websocket.ts';
import type { Log } from './log.ts';
import { isLoopback } from './loopback.ts';
import { createDeltaTokens } from './recordings/delta/position.ts';
import { createSeal } from './recordings/seal.ts';
import { agreeOnSealingKey } from './recordings/sealing-key.ts';
import { wireSessions } from './sessions.ts';
import type { Store } from './store/store.ts';
import type { Metrics } from './telemetry/metrics.ts';
import { createTelemetry } from './telemetry/telemetry.ts';
import { openTracing } from './telemetry/tracing.ts';
import { createUpstream, tenantOf } from './upstream.ts';
import { readVersion } from './version.ts';

export interface GatewayParts {
  readonly config: Config;
  readonly graph: GraphAccess;
  /** The state that replicas share. It is closed with the gateway. */
  readonly store: Store;
  readonly log: Log;
  readonly clock: Clock;
  /** A number from 0 to 1, for jitter; random by default. */
  readonly random?: (() => number) | undefined;
  /** The metrics for `/metrics`; if null or undefined, nothing is counted and there is no such route. */
  readonly metrics?: Metrics | null | undefined;
  /** After how many requests an operation is planned; by default that of `createKnownOperations`. */
  readonly plannedAfter?: number | undefined;
}

/** A gateway that listens. */
export interface Gateway {
  /** Its origin, `http://127.0.0.1:4000`. */
  readonly url: string;
  /**
   * Announces the end, and still accepts work for `delayMs`. Then accepts no new work, lets requests in flight finish,
   * ends open streams, and resolves when everything is closed.
   */
  close(delayMs?: number): Promise<void>;
}

/** The build output of the viewer. */
const VIEWER_FOLDER = join(import.meta.dirname, '..', 'web', 'dist');
/** How long a connection may delay the shutdown after the last operation has timed out. */
const DRAIN_GRACE_MS = 1_000;

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : '';
}

/**
 * Starts a gateway. Resolves when it listens. Rejects if its port is taken, if a trusted document cannot be executed,
 * and with a `StoreError` if it needs the sealing key from a store that cannot be reached.
 */
export async function createGateway(parts: GatewayParts): Promise<Gateway> {
  const { config, graph, store, log, clock, metrics = null } = parts;
  const telemetry = createTelemetry(metrics, openTracing(graph.origin));
  const waitingRoom = createWaitingRoom({ clock, longestMs: config.operationTimeoutMs });
  const { watchExchange } = telemetry;
  const upstream = createUpstream({ ...parts, watchExchange, onReplied: waitingRoom.replied });
  const seal = createSeal(config.sealingKeys ?? [await agreeOnSealingKey(store)]);
  const schema = createSchema();
  const validate = createValidation({ schema, introspection: config.introspection });
  const { introspection, trustedDocuments, corsOrigins, playground } = config;
  if (trustedDocuments !== null) checkTrustedDocuments(trustedDocuments, validate);
  const find = createFindDocument(trustedDocuments, telemetry.live?.onRefused);
  const remembersDocuments = trustedDocuments?.enforced !== true;
  const known = createKnownOperations({ schema, validate, log, plannedAfter: parts.plannedAfter });
  const server = createGraphQLServer({
    // A separate schema: after a request for a trace, Apollo Server wraps its resolvers, which would slow every plan.
    schema: createSchema(),
    validate,
    known,
    introspection,
    remembersDocuments,
    logger: log,
  });
  await server.start();
  const isOwnName = createIsOwnName({ ...config, authenticatesCallers: config.callers !== null });
  const isHttps = config.publicUrl?.startsWith('https:') === true;
  const app = createApp(log, clock, { isHttps, observer: telemetry.requests });
  refuseOtherNames(app, isOwnName);
  // No operation outlasts its timeout. A connection that is open after that waits only for its client: to send the rest
  // of a request, or to read a response.
  const drain = prepareDrain(app, config.operationTimeoutMs + DRAIN_GRACE_MS);
  const closing = new AbortController();
  let url: string | null = null;
  const tenant = tenantOf(config.graph);
  const tokens = createDeltaTokens(seal, tenant);
  const shared = { ...parts, seal, tenant, metrics };
  const { feed, notifications } = await wireFeed({ ...shared, client: upstream.application, ownUrl: () => url });
  const { linksFor, openLink } = wireContent({
    ...shared,
    upstream,
    asksOnBehalfOf: graph.onBehalfOf !== null,
    origin: () => config.publicUrl ?? url ?? '',
    traceOf: telemetry.traceOf,
  });

  const openSession = await wireSessions({ ...shared, upstream, telemetry, feed, tokens, linksFor });
  const overload = createOverload({ longestDelayMs: config.overloadDelayMs, onRefused: metrics?.overload.refused });
  metrics?.overload.watch({ ...overload, waiting: waitingRoom.waiting });

  await allowOrigins(app, config.corsOrigins);
  const admit = refuseOverload(app, overload);
  registerHealth(app, async () => !drain.isDraining() && (await upstream.isReady()));
  if (metrics !== null) registerMetrics(app, metrics);
  const live = {
    openSession,
    admit,
    prepare: createLive({ schema, validate, find, log, observer: telemetry.live }),
    // Own pages are known by their host, which a proxy may have replaced.
    corsOrigins: config.publicUrl === null ? corsOrigins : [...corsOrigins, config.publicUrl],
    clock,
    slots: createSlots(config.listeners, LISTENING),
    closing: closing.signal,
    onCut: telemetry.live?.onCut,
  };
  const callbacks = createCallbacks({ ...live, callbackUrls: config.callbackUrls, log });
  registerGraphQL(app, { ...live, waitingRoom, server, findKnown: known.find, find, callbacks, playground });
  registerWebSocket(app, { ...live, schema, log, isOwnName, overload, isHttps });
  await registerNotifications(app, notifications);
  registerContent(app, {
    openLink,
    describe: (error) => formatError({ message: messageOf(error) }, error),
    limits: config.streams,
    log,
    clock,
    observer: metrics
      ? { onStreams: metrics.content.streams, onSent: metrics.content.sent, onRefused: metrics.content.refused }
      : undefined,
  });
  if (playground) {
    registerPlayground(app, {
      title: `Call recordings ${readVersion()} over ${graph.description}`,
      operations: config.graph.kind === 'emulator' ? exampleOperations : exampleOperationsToFillIn,
    });
  }
  if (config.viewer)
    registerViewer(app, {
      folder: VIEWER_FOLDER,
      contentOrigins: () => [config.publicUrl ?? url].filter((origin) => origin !== null),
      demoOrganizerId: config.graph.kind === 'emulator' ? demoOrganizerId : null,
    });
  // Fastify returns 127.0.0.1 for 0.0.0.0, but `::` unchanged, which not every client can connect to.
  url = (await app.listen({ host: config.host, port: config.port })).replace('//[::]:', '//[::1]:');
  if (config.publicUrl === null && !isLoopback(config.host))
    log.warn({ url }, 'PUBLIC_URL is not set: links to content use this address, which other machines may not reach');
  async function end(delayMs: number): Promise<void> {
    drain.announce();
    if (delayMs > 0) await new Promise<void>((resolve) => clock.after(delayMs, resolve));
    overload.stop();
    closing.abort();
    await Promise.all([drain.close(), callbacks.close()]);
    await feed.close();
    await store.close();
    await server.stop();
    await upstream.close();
  }

  let ended: Promise<void> | null = null;
  return { url, close: (delayMs = 0) => (ended ??= end(delayMs)) };
}
