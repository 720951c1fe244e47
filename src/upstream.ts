/** Opens the clients for Microsoft Graph, one for each credential, and adds the policy of their caller. */
import { randomUUID } from 'node:crypto';
import type { Caller } from './access/caller.ts';
import { AccessError } from './access/error.ts';
import { createPolicy, graphDecides } from './access/policy.ts';
import type { GraphSettings } from './config.ts';
import { CALLERS_KEPT } from './graph-access.ts';
import type { AccessParts, GraphAccess } from './graph-access.ts';
import { createGate } from './msgraph/admission/gate.ts';
import { createGraphClient } from './msgraph/client.ts';
import type { GraphClient } from './msgraph/client.ts';
import { createContentClient } from './msgraph/content/content-client.ts';
import { createDownloads } from './msgraph/content/download.ts';
import type { Downloads } from './msgraph/content/download.ts';
import { createForgettingCache } from './msgraph/credentials/forgetting-cache.ts';
import type { GetToken } from './msgraph/credentials/token.ts';
import type { Exchange } from './msgraph/exchange/exchange-record.ts';
import type { WatchExchange } from './msgraph/exchange/exchange-watch.ts';
import { timeoutsFor } from './msgraph/exchange/timeouts.ts';
import { createTransport, trusting } from './msgraph/exchange/transport.ts';
import { createRetryBudget } from './msgraph/retry.ts';
import type { GraphClients } from './recordings/graph-clients.ts';

interface UpstreamParts extends AccessParts {
  readonly graph: GraphAccess;
  /** A number from 0 to 1, for jitter; random by default. */
  readonly random?: (() => number) | undefined;
  readonly watchExchange: WatchExchange | undefined;
  /** Called for each response of Graph, or when there is none. */
  readonly onReplied: () => void;
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
  onReplied,
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
  function createClients(getToken: GetToken, credential: Clients['credential'], isOnBehalfOf: boolean): Clients {
    const common = {
      getToken,
      isOnBehalfOf,
      gate,
      retryBudget,
      clock,
      random,
      onExchange(exchange: Exchange) {
        log.debug(exchange, 'sent a request to Microsoft Graph');
        onReplied();
      },
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
  const application = createClients(graph.getToken, { name: JSON.stringify(name), endsAtMs: Infinity }, false);
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
          createClients(
            onBehalfOf.tokenSourceFor(token, expiresAtMs),
            { name: JSON.stringify([...name, token]), endsAtMs: expiresAtMs },
            true,
          ),
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
