/** The doors between the rooms of the house. Whoever needs a new arrow writes it here first. */

/**
 * Which room, or which file beside the rooms, may import what: a room, one file of it, or a package. With `type` before it,
 * only its types. Node's own modules are everybody's.
 */
export const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  // Microsoft Graph as a protocol. It knows no GraphQL.
  msgraph: ['@azure/identity', 'ipaddr.js', 'undici', 'zod'],
  // What replicas share, whatever it is about.
  store: ['@redis/client', 'zod'],
  // What a recording, a meeting and an identity are to our clients.
  recordings: ['msgraph', 'newest.ts', 'store/error.ts', 'type store/store.ts', 'dataloader', 'zod'],
  // Who is asking, and whose recordings they may see.
  access: ['jose', 'undici', 'zod'],
  // What clients speak.
  graphql: [
    'recordings',
    'access',
    'msgraph/error.ts',
    'newest.ts',
    'store/error.ts',
    'type log.ts',
    '@apollo/server',
    '@apollo/subgraph',
    'graphql',
    'zod',
  ],
  // The doors that are not GraphQL's own.
  http: [
    'recordings',
    'access',
    'msgraph/change-notification.ts',
    'msgraph/content.ts',
    'msgraph/content-bytes.ts',
    'type msgraph/encrypted-content.ts',
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
  // What watches over the others, which know nothing of it: they are given functions.
  telemetry: [
    'type graphql/observer.ts',
    'type graphql/live.ts',
    'type http/observation.ts',
    'type http/overload.ts',
    'type msgraph/circuit.ts',
    'msgraph/exchange-watch.ts',
    '@opentelemetry/api',
    'prom-client',
  ],
  // A Microsoft Graph in memory. It shares no code and no type: an emulator that shares our types shares our mistakes.
  emulator: [],
  'config.ts': [
    'consistency.ts',
    'environment.ts',
    'type access/policy.ts',
    'msgraph/cloud.ts',
    'type msgraph/credential.ts',
    'type msgraph/encrypted-content.ts',
  ],
  // What variables have to do with each other.
  'consistency.ts': ['type environment.ts', 'variables', 'zod'],
  'environment.ts': ['variables', 'zod'],
  // Each variable of the environment.
  variables: ['graphql/document-manifest.ts', 'msgraph/encrypted-content.ts', 'store/redis-address.ts', 'zod'],
  // The wiring of what is kept of Graph's answers.
  'caches.ts': [
    'recordings/cache.ts',
    'recordings/freshness.ts',
    'type msgraph/clock.ts',
    'type recordings/seal.ts',
    'type store/store.ts',
    'type telemetry/metrics.ts',
    'type config.ts',
  ],
  // The tokens of callers, kept for who comes later in their name.
  'caller-tokens.ts': [
    'msgraph/forgetting-cache.ts',
    'type msgraph/clock.ts',
    'type recordings/seal.ts',
    'type store/store.ts',
  ],
  // The wiring of content.
  'content.ts': [
    'access',
    'caller-tokens.ts',
    'msgraph',
    'recordings',
    'type http/content.ts',
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
  // Where what replicas share is kept.
  'shared-store.ts': ['store', 'type msgraph/clock.ts', 'type config.ts', 'type log.ts'],
  'log.ts': ['pino', 'pino-pretty'],
  // The ways to Graph.
  'upstream.ts': [
    'access',
    'msgraph',
    'type recordings/recordings.ts',
    'type telemetry',
    'type config.ts',
    'type log.ts',
  ],
  'newest.ts': [],
  'version.ts': ['zod'],
  'gateway.ts': [
    'access',
    'caches.ts',
    'content.ts',
    'feed.ts',
    'graphql',
    'http',
    'msgraph',
    'recordings',
    'telemetry',
    'type store/store.ts',
    'type config.ts',
    'type log.ts',
    'upstream.ts',
    'version.ts',
  ],
  'serve.ts': [
    'gateway.ts',
    'graphql/errors.ts',
    'graphql/trusted-documents.ts',
    'msgraph/clock.ts',
    'shared-store.ts',
    'store/error.ts',
    'telemetry/metrics.ts',
    'upstream.ts',
    'workers/reading.ts',
    'type config.ts',
    'type log.ts',
  ],
  // Several processes that share a port.
  workers: ['type config.ts', 'type log.ts', 'zod'],
  'start.ts': ['config.ts', 'emulator/emulator.ts', 'log.ts', 'serve.ts', 'workers'],
  'main.ts': ['start.ts'],
};
