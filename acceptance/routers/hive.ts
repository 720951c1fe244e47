/** Hive Gateway, in this process. Its command starts the same runtime behind a server. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createGatewayRuntime, getGraphQLWSOptions } from '@graphql-hive/gateway-runtime';
import type { GatewayConfigSupergraph } from '@graphql-hive/gateway-runtime';
import { MemPubSub } from '@graphql-hive/pubsub';
import { unifiedGraphHandler } from '@graphql-hive/router-runtime';
import { normalizeNodeRequest } from '@whatwg-node/server';
import { useServer } from 'graphql-ws/use/ws';
import type { Extra } from 'graphql-ws/use/ws';
import { onTestFinished } from 'vitest';
import { WebSocketServer } from 'ws';
import { guildComposition } from '../composition.ts';
import type { Supergraph } from '../supergraph.ts';
import { FORWARDED } from './router.ts';
import type { Router } from './router.ts';

export interface HiveOptions extends Pick<GatewayConfigSupergraph, 'transportEntries' | 'unifiedGraphHandler'> {
  /** The port to listen on, if it must be known beforehand; a free one when left out. */
  readonly port?: number;
}

/** Starts it over a supergraph. It ends with the test. */
export async function startHive(
  { subgraphs }: Supergraph,
  { port = 0, ...options }: HiveOptions = {},
): Promise<Router> {
  const runtime = createGatewayRuntime({
    supergraph: guildComposition(subgraphs),
    logging: false,
    pubsub: new MemPubSub(),
    webhooks: true,
    propagateHeaders: {
      // For WebSocket clients, `headers` holds the connection parameters.
      fromClientToSubgraphs: ({ context: { headers } }) =>
        Object.fromEntries(FORWARDED.map((name) => [name, headers[name]])),
    },
    ...options,
  });
  // Otherwise it would load the supergraph at the first HTTP request, and an earlier WebSocket would find none.
  await runtime.getSchema();
  const server = createServer((request, response) => void runtime(request, response));
  const sockets = new WebSocketServer({ server, path: '/graphql' });
  const listening = useServer(
    getGraphQLWSOptions<Record<string, unknown>, Extra>(runtime, ({ extra: { request, socket } }) => ({
      req: request,
      request: normalizeNodeRequest(request, runtime.fetchAPI),
      socket,
    })),
    sockets,
  );
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    await listening.dispose();
    await runtime[Symbol.asyncDispose]();
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Expected to listen on a port.');
  return { url: `http://127.0.0.1:${address.port}` };
}

/** The same, with queries planned by Hive Router's planner, which is written in Rust. */
export function startHiveWithRouterPlanner(supergraph: Supergraph): Promise<Router> {
  return startHive(supergraph, { unifiedGraphHandler });
}
