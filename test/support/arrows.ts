/** The dependencies that the folders of src may have. A new dependency is added here first. */

/** Files of one idea that belongs to no folder. Every file except the emulator's may import them. */
export const LEAVES: readonly string[] = [
  'abort.ts',
  'certificate-authorities.ts',
  'clock.ts',
  'deque.ts',
  'fair-queue.ts',
  'internal-error.ts',
  'loopback.ts',
  'lru-cache.ts',
  'record.ts',
  'token-like.ts',
];

/**
 * What each folder or top-level file may import: a folder, one file of it, or a package; after `type`, only its types.
 * Every file may import Node's own modules.
 */
export const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  // Microsoft Graph as a protocol. It knows no GraphQL.
  msgraph: ['@azure/identity', 'ipaddr.js', 'undici', 'zod'],
  // Storage that replicas share, for any data.
  store: ['@redis/client', 'zod'],
  // Recordings, meetings and identities as our clients see them.
  recordings: ['msgraph', 'store/error.ts', 'type store/store.ts', 'dataloader', 'zod'],
  // Authentication and authorization of callers.
  access: ['jose', 'undici', 'zod'],
  // The GraphQL API.
  graphql: [
    'recordings',
    'access',
    'msgraph/error.ts',
    'store/error.ts',
    'type log.ts',
    '@apollo/server',
    '@apollo/subgraph',
    'graphql',
    'zod',
  ],
  // The HTTP endpoints.
  http: [
    'recordings',
    'access',
    'msgraph/notifications/change-notification.ts',
    'msgraph/content/content.ts',
    'msgraph/content/content-bytes.ts',
    'type msgraph/notifications/encrypted-content.ts',
    '@apollo/server',
    '@fastify/cors',
    '@graphql-yoga/render-graphiql',
    'content-disposition',
    'fastify',
    'graphql',
    'graphql-ws',
    'undici',
    'negotiator',
    'ws',
    'zod',
  ],
  // Metrics and traces. The observed folders do not import it: they are given functions.
  telemetry: [
    'type graphql/observer.ts',
    'type graphql/live.ts',
    'type http/observation.ts',
    'type http/protection/overload.ts',
    'type http/protection/waiting-room.ts',
    'type msgraph/admission/circuit-breaker.ts',
    'msgraph/exchange/exchange-watch.ts',
    '@opentelemetry/api',
    'prom-client',
  ],
  // A Microsoft Graph in memory. It shares no code and no type: an emulator that shares our types shares our mistakes.
  emulator: [],
  'config.ts': [
    'consistency.ts',
    'environment.ts',
    'type access/policy.ts',
    'msgraph/credentials/cloud.ts',
    'type msgraph/credentials/credential.ts',
    'type msgraph/notifications/encrypted-content.ts',
  ],
  // The consistency of variables.
  'consistency.ts': ['type environment.ts', 'variables', 'zod'],
  'environment.ts': ['variables', 'zod'],
  // Each variable of the environment.
  variables: [
    'graphql/documents/document-manifest.ts',
    'msgraph/notifications/encrypted-content.ts',
    'store/redis-address.ts',
    'zod',
  ],
  // The wiring of the caches of Graph's answers.
  'caches.ts': [
    'recordings/cache.ts',
    'recordings/freshness.ts',
    'type recordings/seal.ts',
    'type store/store.ts',
    'type telemetry/metrics.ts',
    'type config.ts',
  ],
  // The tokens of callers, kept for later requests in their name.
  'caller-tokens.ts': ['msgraph/credentials/forgetting-cache.ts', 'type recordings/seal.ts', 'type store/store.ts'],
  // The wiring of content.
  'content.ts': [
    'access',
    'caller-tokens.ts',
    'msgraph',
    'recordings',
    'type http/content/content.ts',
    'type store/store.ts',
    'type upstream.ts',
    'type config.ts',
    'type log.ts',
  ],
  // The wiring of the feed.
  'feed.ts': [
    'access/validation-token.ts',
    'type http/notifications.ts',
    'msgraph',
    'recordings',
    'shared-store.ts',
    'type store/store.ts',
    'type telemetry/metrics.ts',
    'type config.ts',
    'type log.ts',
  ],
  // Opens the store that replicas share.
  'shared-store.ts': ['store', 'type config.ts', 'type log.ts'],
  'log.ts': ['pino', 'pino-pretty'],
  // The tokens for Graph.
  'graph-access.ts': ['msgraph/credentials', 'type telemetry', 'type config.ts', 'type log.ts'],
  // The ways to Graph.
  'upstream.ts': [
    'access',
    'graph-access.ts',
    'msgraph',
    'type recordings/graph-clients.ts',
    'type telemetry',
    'type config.ts',
    'type log.ts',
  ],
  // The wiring of sessions.
  'sessions.ts': [
    'access',
    'caches.ts',
    'graphql/prefetch/prefetch.ts',
    'msgraph/operation.ts',
    'recordings',
    'type content.ts',
    'type graphql/context.ts',
    'type http/session.ts',
    'type store/store.ts',
    'type telemetry',
    'type upstream.ts',
    'type config.ts',
    'type log.ts',
  ],
  'abort.ts': [],
  'certificate-authorities.ts': [],
  'clock.ts': [],
  'deque.ts': [],
  'fair-queue.ts': ['deque.ts'],
  'internal-error.ts': [],
  'loopback.ts': ['ipaddr.js'],
  'lru-cache.ts': [],
  'record.ts': [],
  'token-like.ts': [],
  'version.ts': ['zod'],
  'gateway.ts': [
    'content.ts',
    'feed.ts',
    'graphql',
    'http',
    'recordings',
    'sessions.ts',
    'telemetry',
    'type graph-access.ts',
    'type store/store.ts',
    'type config.ts',
    'type log.ts',
    'upstream.ts',
    'version.ts',
  ],
  'serve.ts': [
    'gateway.ts',
    'graph-access.ts',
    'graphql/errors.ts',
    'graphql/documents/trusted-documents.ts',
    'shared-store.ts',
    'store/error.ts',
    'telemetry/metrics.ts',
    'workers/reading.ts',
    'type config.ts',
    'type log.ts',
  ],
  // Several processes that share a port.
  workers: ['type config.ts', 'type log.ts', 'zod'],
  'start.ts': ['config.ts', 'emulator/emulator.ts', 'log.ts', 'serve.ts', 'workers'],
  'main.ts': ['start.ts'],
};
