/**
 * Program of Hive Gateway over the OpenAPI handler of GraphQL Mesh. It caches parsed documents itself, a plugin
 * compiles queries, and its HTTP requests use the operation's loader.
 */
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { useGraphQlJit } from '@envelop/graphql-jit';
import { createGatewayRuntime } from '@graphql-hive/gateway-runtime';
import type { GatewayPlugin } from '@graphql-hive/gateway-runtime';
import { LegacyLogger, Logger } from '@graphql-hive/logger';
import { composeSubgraphs } from '@graphql-mesh/fusion-composition';
import rest from '@graphql-mesh/transport-rest';
import { loadOpenAPISubgraph } from '@omnigraph/openapi';
import { readSettings } from '../queries/settings.ts';
import { openGraph } from './graph.ts';
import { additionalResolvers, additionalTypeDefs, unifiedGraphHandler } from './hive-schema.ts';
import type { Context } from './hive-schema.ts';

const { port, graphUrl } = readSettings();
const endpoint = `${graphUrl}/v1.0`;
const graph = openGraph();
const { name, schema$ } = loadOpenAPISubgraph('Graph', {
  source: fileURLToPath(new URL('graph-openapi.json', import.meta.url)),
  endpoint,
})({ fetch, cwd: import.meta.dirname, logger: LegacyLogger.from(new Logger({ level: false })) });
const { supergraphSdl } = composeSubgraphs([{ name, schema: await schema$ }]);
if (supergraphSdl === undefined) throw new Error('Expected a supergraph of graph-openapi.json, but there is none.');

const useLoader: GatewayPlugin<Context> = {
  onContextBuilding({ extendContext }) {
    extendContext({ loader: graph.createLoader() });
  },
};

const gateway = createGatewayRuntime<Context>({
  supergraph: supergraphSdl,
  transports: { rest },
  additionalTypeDefs,
  additionalResolvers,
  unifiedGraphHandler,
  fetchAPI: {
    // It does not support `$batch`, so the peers' shared loader is put below it, which also removes duplicates.
    fetch: async (url: string, _: unknown, { loader }: Context) =>
      Response.json(await loader.load(url.slice(endpoint.length))),
  },
  plugins: () => [useLoader, useGraphQlJit()],
  logging: false,
  maskedErrors: false,
  landingPage: false,
  graphiql: false,
});

// Its promise is not awaited: any failure ends the process, and so the benchmark.
const server = createServer((request, response) => void gateway(request, response));
server.keepAliveTimeout = 600_000;
server.listen(port, '127.0.0.1', () => process.stdout.write('listening\n'));
