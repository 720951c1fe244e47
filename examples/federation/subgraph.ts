/** Serves a subgraph over HTTP, the same way for all schemas and resolvers. */
import { readFileSync } from 'node:fs';
import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginInlineTraceDisabled } from '@apollo/server/plugin/disabled';
import { startStandaloneServer } from '@apollo/server/standalone';
import { buildSubgraphSchema } from '@apollo/subgraph';
import type { GraphQLResolverMap } from '@apollo/subgraph';
import { parse } from 'graphql';

export interface Subgraph {
  /** Its address, `http://127.0.0.1:4002/`. */
  readonly url: string;
  readonly close: () => Promise<void>;
}

interface SubgraphOptions {
  /** Its schema file, in this folder. */
  readonly schema: string;
  readonly resolvers: GraphQLResolverMap;
  /** 0 chooses a free one. */
  readonly port: number;
}

/** Starts a subgraph. Resolves when it listens; rejects when its port is taken. */
export async function startSubgraph({ schema, resolvers, port }: SubgraphOptions): Promise<Subgraph> {
  const typeDefs = parse(readFileSync(new URL(schema, import.meta.url), 'utf8'));
  const server = new ApolloServer({
    schema: buildSubgraphSchema([{ typeDefs, resolvers }]),
    plugins: [ApolloServerPluginInlineTraceDisabled()],
    stopOnTerminationSignals: false,
  });
  const { url } = await startStandaloneServer(server, { listen: { host: '127.0.0.1', port } });
  return { url, close: () => server.stop() };
}
