/** Opens the clients for Microsoft Graph, one for each credential, and adds the policy of their caller. */
import { randomUUID } from 'node:crypto';
import type { Caller } from './access/caller.ts';
import { AccessError } from './access/error.ts';
import { createPolicy, graphDecides } from './access/policy.ts';
import type { Clock } from './clock.ts';
import type { Config, GraphSettings, OnBehalfOfSettings } from './config.ts';
import type { Log } from './log.ts';
import { createGate } from './msgraph/admission/gate.ts';
import { createGraphClient } from './msgraph/client.ts';
import type { GraphClient } from './msgraph/client.ts';
import { createContentClient } from './msgraph/content/content-client.ts';
import { createDownloads } from './msgraph/content/download.ts';
import type { Downloads } from './msgraph/content/download.ts';
import { createForgettingCache } from './msgraph/credentials/forgetting-cache.ts';
import type { OnBehalfOf, OnBehalfOfOptions } from './msgraph/credentials/on-behalf-of.ts';
import { reportFailures } from './msgraph/credentials/token-failure.ts';
import { createTokenSource, fixedToken } from './msgraph/credentials/token.ts';
import type { GetToken } from './msgraph/credentials/token.ts';
import type { Exchange } from './msgraph/exchange/exchange-record.ts';
import type { WatchExchange } from './msgraph/exchange/exchange-watch.ts';
import { timeoutsFor } from './msgraph/exchange/timeouts.ts';
import { createTransport, trusting } from './msgraph/exchange/transport.ts';
import { createRetryBudget } from './msgraph/retry.ts';
import type { GraphClients } from './recordings/graph-clients.ts';
import type { Metrics } from './telemetry/metrics.ts';
import type { CredentialKind } from './telemetry/token-metrics.ts';

/** The number of callers whose tokens and clients are kept. */
const CALLERS_KEPT = 1_000;

/** The origin of Graph and the tokens for it. */
export interface GraphAccess {
  readonly origin: string;
  /** Gets tokens of the application. */
  readonly getToken: GetToken;
  /** Gets tokens on behalf of callers; null if every request is made as the application. */
  readonly onBehalfOf: (OnBehalfOf & { readonly asApplicationToo: boolean }) | null;
  /** For the playground and the log. */
  readonly description: string;
}

interface AccessParts {
  readonly config: Config;
  readonly log: Log;
  readonly clock: Clock;
  /** Counts tokens and requests; null or undefined if nothing is counted. */
  readonly metrics?: Metrics | null | undefined;
}

interface UpstreamParts extends AccessParts {
  readonly graph: GraphAccess;
  /** A number from 0 to 1, for jitter; random by default. */
  readonly random?: (() => number) | undefined;
  readonly watchExchange: WatchExchange | undefined;
}

/** The clients of one credential. */
type Clients = Omit<GraphClients, 'policy'>;

export interface Upstream {
  /** The clients that a caller may use. Throws an `AccessError` if there are none. */
  clientsOf(caller: Caller): { readonly own: GraphClients; readonly application: GraphClients | null };
  /** The client of the application, for requests that no caller has made. */
  readonly application: GraphClient;
  /** Whether the application has a token. Without one no request can be made. */
  isReady(): Promise<boolean>;
  /** Lets requests in flight finish, then closes the connections. */
  close(): Promise<void>;
}

/** Identifies the tenant of the recordings: by its name if it is known, else by the origin of Graph. */
export function tenantOf(graph: GraphSettings): string {
  if (graph.kind === 'emulator') return 'emulator';
  if (graph.kind === 'token' || graph.credential.kind === 'default') return graph.origin;
  return graph.credential.tenantId.toLowerCase();
}

/** Identifies the application in every cloud. One that the machine chooses gets a name that no other process knows. */
function applicationName(graph: GraphSettings, origin: string): readonly string[] {
  if (graph.kind === 'emulator') return [graph.kind, origin];
  if (graph.kind === 'token') return [graph.kind, origin, graph.token];
  const { credential, scope } = graph;
  if (credential.kind === 'default') return [graph.kind, origin, scope, randomUUID()];
  return [graph.kind, origin, scope, credential.tenantId.toLowerCase(), credential.clientId.toLowerCase()];
}

/**
 * Logs why a token could not be acquired, the same reason at most once a minute: clients receive only that there is
 * none.
 */
function withLoggedFaults(getToken: GetToken, { log, clock }: Pick<AccessParts, 'log' | 'clock'>): GetToken {
  return reportFailures(getToken, clock, (error) => log.error({ error }, 'no access token for Microsoft Graph'));
}

async function openOnBehalfOf(
  { application, asApplicationToo }: OnBehalfOfSettings,
  options: Omit<OnBehalfOfOptions, 'settings'>,
  parts: Pick<AccessParts, 'log' | 'clock'>,
): Promise<GraphAccess['onBehalfOf']> {
  const { createOnBehalfOf } = await import('./msgraph/credentials/on-behalf-of.ts');
  const onBehalfOf = createOnBehalfOf({ settings: application, ...options });
  return {
    asApplicationToo,
    tokenSourceFor: (token, expiresAtMs) => withLoggedFaults(onBehalfOf.tokenSourceFor(token, expiresAtMs), parts),
  };
}

/** Access to a Graph with one fixed token for all callers: the emulator's, or one for development. */
export function openGraphAccess(origin: string, token: string, description: string): GraphAccess {
  return { origin, getToken: fixedToken(token), onBehalfOf: null, description };
}

/** Opens access to the configured Graph, except an emulator. Rejects if the credential cannot be created. */
export async function graphAccess(
  settings: Exclude<GraphSettings, { kind: 'emulator' }>,
  { config, log, clock, metrics }: AccessParts,
): Promise<GraphAccess> {
  const { origin } = settings;
  const description = `Microsoft Graph at ${origin}`;
  if (settings.kind === 'token') return openGraphAccess(origin, settings.token, description);
  // The Azure SDK is four hundred modules, which a gateway without credentials does not need.
  const { createCredential } = await import('./msgraph/credentials/credential.ts');
  const { scope, onBehalfOf } = settings;
  const trust = { certificateAuthority: config.graphCertificateAuthority };
  const onRenewalFailed = (error: unknown): void =>
    log.warn({ error }, 'a token for Microsoft Graph could not be renewed; the current token stays in use');
  const credential = createCredential(settings.credential, trust);
  const counted = (whose: CredentialKind) => ({
    onAcquired: metrics ? (expiresAtMs: number | null) => metrics.tokens.acquired(whose, expiresAtMs) : undefined,
  });
  const options = { scope, clock, onRenewalFailed };
  return {
    origin,
    getToken: withLoggedFaults(createTokenSource({ credential, ...options, ...counted('application') }), {
      log,
      clock,
    }),
    onBehalfOf:
      onBehalfOf &&
      (await openOnBehalfOf(
        onBehalfOf,
        { ...options, ...counted('caller'), trust, capacity: CALLERS_KEPT },
        { log, clock },
      )),
    description,
  };
}

/**
 * Opens the clients. Each credential has its own, so requests of different credentials share neither a batch nor a
 * response.
 */
export function createUpstream({
  config,
  log,
  clock,
  graph,
  random = Math.random,
  metrics,
  watchExchange,
}: UpstreamParts): Upstream {
  const secureContext = trusting(config.graphCertificateAuthority);
  const timeouts = timeoutsFor(config.operationTimeoutMs);
  const { connectTimeoutMs, headersTimeoutMs } = timeouts;
  const transport = createTransport({
    origin: graph.origin,
    secureContext,
    // One more, for the request that probes a Graph that holds all others.
    connections: config.graphConcurrency + 1,
    ...timeouts,
    maxReplyBytes: 16 * 1_024 * 1_024,
    clock,
  });
  const openDownloads = (connections: number | null): Downloads =>
    createDownloads({
      origin: graph.origin,
      secureContext,
      connections,
      connectTimeoutMs,
      headersTimeoutMs,
      bodyTimeoutMs: 10_000,
    });
  // The content route already limits the number of streams.
  const streams = openDownloads(null);
  const descriptions = openDownloads(config.graphConcurrency + 1);
  const retryBudget = createRetryBudget({ onWanted: metrics?.graph.retried });
  metrics?.graph.watchRetryBudget(retryBudget.left);
  const gate = createGate({ clock, mostRequests: config.graphConcurrency });
  metrics?.graph.watchCircuit(() => gate.circuit());
  const name = applicationName(config.graph, graph.origin);
  function createClients(getToken: GetToken, credential: Clients['credential']): Clients {
    const common = {
      getToken,
      gate,
      retryBudget,
      clock,
      random,
      onExchange: (exchange: Exchange) => log.debug(exchange, 'sent a request to Microsoft Graph'),
      watchExchange,
      onQueued: metrics?.graph.queued,
    };
    const { origin } = graph;
    return {
      client: createGraphClient({ ...common, transport, origin }),
      content: createContentClient({ ...common, streams, descriptions }),
      credential,
    };
  }
  const application = createClients(graph.getToken, { name: JSON.stringify(name), endsAtMs: Infinity });
  const callerClients = createForgettingCache<Clients>({ capacity: CALLERS_KEPT, clock });
  const asApplication = (caller: Caller): GraphClients => ({
    ...application,
    policy: createPolicy(caller, config.policy),
  });

  return {
    application: application.client,
    clientsOf(caller) {
      const { onBehalfOf } = graph;
      if (onBehalfOf === null) {
        const way = asApplication(caller);
        return { own: way, application: way };
      }
      const asItself = onBehalfOf.asApplicationToo ? asApplication(caller) : null;
      if (caller.kind === 'user') {
        const { token, expiresAtMs } = caller;
        const clients = callerClients.get(token, expiresAtMs, () =>
          createClients(onBehalfOf.tokenSourceFor(token, expiresAtMs), {
            name: JSON.stringify([...name, token]),
            endsAtMs: expiresAtMs,
          }),
        );
        return { own: { ...clients, policy: graphDecides }, application: asItself };
      }
      if (asItself !== null) return { own: asItself, application: asItself };
      throw new AccessError(
        'The gateway calls Microsoft Graph on behalf of users, but the token is of an application. Send the token of a user.',
      );
    },
    async isReady() {
      // The reason for a missing token is already in the log.
      const [token] = await Promise.allSettled([graph.getToken()]);
      return token.status === 'fulfilled';
    },
    async close() {
      await Promise.all([streams.close(), descriptions.close(), transport.close()]);
    },
  };
}
