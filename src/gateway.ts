/** The wiring: from the rooms a gateway that listens, and closes in order. */
import { ClientSecretCredential } from '@azure/identity';
import cors from '@fastify/cors';
import type { Config } from './config.ts';
import { exampleOperations } from './graphql/example-operations.ts';
import { createGraphQLServer } from './graphql/server.ts';
import { createApp } from './http/app.ts';
import { registerGraphQL } from './http/graphql.ts';
import { registerHealth } from './http/health.ts';
import { registerPlayground } from './http/playground.ts';
import type { Log } from './log.ts';
import { createGraphClient } from './msgraph/client.ts';
import type { GraphClient } from './msgraph/client.ts';
import type { Clock } from './msgraph/clock.ts';
import { createOperation } from './msgraph/operation.ts';
import { createRetryBudget } from './msgraph/retry.ts';
import { createTokenSource } from './msgraph/token.ts';
import { createTransport } from './msgraph/transport.ts';
import { createRecordings } from './recordings/recordings.ts';
import { createSeal } from './recordings/seal.ts';
import { readVersion } from './version.ts';

/** Where Graph is and how to prove oneself to it. */
export interface GraphAccess {
  readonly origin: string;
  readonly getToken: () => Promise<string>;
  /** For people: shown in the playground and in the log. */
  readonly description: string;
}

export interface GatewayParts {
  readonly config: Config;
  readonly graph: GraphAccess;
  readonly log: Log;
  readonly clock: Clock;
}

/** A gateway that listens. */
export interface Gateway {
  /** Its origin, `http://127.0.0.1:4000`. */
  readonly url: string;
  /** Takes no new work, lets finish what is in flight, and resolves when all is closed. */
  close(): Promise<void>;
}

/** The way to Graph that the configuration says, for every kind but the emulator, which somebody has to start. */
export function graphAccess(settings: Exclude<Config['graph'], { kind: 'emulator' }>, clock: Clock): GraphAccess {
  const { origin } = settings;
  if (settings.kind === 'token') {
    return { origin, getToken: () => Promise.resolve(settings.token), description: `Microsoft Graph at ${origin}` };
  }
  const credential = new ClientSecretCredential(settings.tenantId, settings.clientId, settings.clientSecret);
  return {
    origin,
    // https://learn.microsoft.com/en-us/entra/identity-platform/scopes-oidc#the-default-scope
    getToken: createTokenSource(credential, `${origin}/.default`, clock),
    description: `Microsoft Graph at ${origin}, tenant ${settings.tenantId}`,
  };
}

function createClient({ config, graph, log, clock }: GatewayParts): GraphClient {
  const transport = createTransport({
    origin: graph.origin,
    getToken: graph.getToken,
    certificateAuthority: config.graphCertificateAuthority,
    connections: config.graphConcurrency,
    connectTimeoutMs: 3_000,
    headersTimeoutMs: 8_000,
    bodyTimeoutMs: 5_000,
    wholeTimeoutMs: 9_000,
    maxReplyBytes: 16 * 1_024 * 1_024,
  });
  return createGraphClient({
    transport,
    origin: graph.origin,
    concurrency: config.graphConcurrency,
    retryBudget: createRetryBudget(),
    clock,
    random: Math.random,
    onExchange: (exchange) => log.debug(exchange, 'asked Microsoft Graph'),
  });
}

/** Starts a gateway. Resolves when it listens; rejects when its port is taken. */
export async function createGateway(parts: GatewayParts): Promise<Gateway> {
  const { config, graph, log, clock } = parts;
  const client = createClient(parts);
  const seal = createSeal(config.sealingKeys);
  const limits = { timeoutMs: config.operationTimeoutMs, graphRequests: config.operationGraphRequests };
  const server = createGraphQLServer({
    introspection: config.introspection,
    logger: log,
    onUnforeseen: (error) => log.error({ error }, 'unforeseen error in a resolver'),
  });
  await server.start();
  const app = createApp(log);
  let isDraining = false;

  if (config.corsOrigins.length > 0)
    await app.register(cors, { origin: [...config.corsOrigins], exposedHeaders: ['x-request-id'] });
  registerHealth(
    app,
    async () =>
      !isDraining &&
      (await graph.getToken().then(
        () => true,
        () => false,
      )),
  );
  registerGraphQL(app, {
    server,
    corsOrigins: config.corsOrigins,
    openOperation(id) {
      const operation = createOperation(id, limits, clock);
      return { context: { recordings: createRecordings(client, operation, seal) }, end: () => operation.end() };
    },
  });
  if (config.playground) {
    await registerPlayground(app, {
      title: `Call recordings ${readVersion()} over ${graph.description}`,
      operations: exampleOperations,
    });
  }
  const url = await app.listen({
    host: config.host,
    port: config.port,
    listenTextResolver: () => 'accepting connections',
  });
  return {
    url,
    async close() {
      isDraining = true;
      await app.close();
      await server.stop();
      await client.close();
    },
  };
}
