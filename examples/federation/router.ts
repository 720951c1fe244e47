/** The router: Hive Gateway's runtime behind a Node.js server. It composes the schemas that the subgraphs report. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createGatewayRuntime } from '@graphql-hive/gateway-runtime';
import { compositionHasErrors, composeServices } from '@theguild/federation-composition';
import { parse } from 'graphql';
import type { Subgraph } from './subgraph.ts';

/** Requests a subgraph's schema: https://www.apollographql.com/docs/graphos/schema-design/federated-schemas/reference/subgraph-spec#query_service */
async function readSchema(url: string): Promise<string> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ service: _service { sdl } }' }),
  });
  const { data } = await response.json();
  return String(data.service.sdl);
}

/** Starts a router in front of the subgraphs, by name. Rejects when they are incompatible, or the port is taken. */
export async function startRouter(subgraphs: Readonly<Record<string, Subgraph>>, port: number): Promise<Subgraph> {
  const services = Object.entries(subgraphs).map(async ([name, { url }]) => ({
    name,
    url,
    typeDefs: parse(await readSchema(url)),
  }));
  const composed = composeServices(await Promise.all(services));
  if (compositionHasErrors(composed)) {
    throw new Error(`The subgraphs cannot be composed: ${composed.errors.map(({ message }) => message).join(' ')}`);
  }
  const runtime = createGatewayRuntime({
    supergraph: composed.supergraphSdl,
    logging: 'warn',
    // Its playground would be loaded from another host.
    graphiql: false,
    landingPage: false,
    propagateHeaders: {
      // The caller's token and the trace context. The router forwards x-request-id by itself.
      fromClientToSubgraphs: ({ context: { headers } }) => ({
        authorization: headers['authorization'],
        traceparent: headers['traceparent'],
      }),
    },
  });
  const server = createServer((request, response) => void runtime(request, response));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening').catch(async (error: unknown) => {
    await runtime[Symbol.asyncDispose]();
    throw error;
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Expected to listen on a port.');
  return {
    url: `http://127.0.0.1:${address.port}/graphql`,
    async close() {
      await runtime[Symbol.asyncDispose]();
      server.close();
      server.closeAllConnections();
    },
  };
}
