/** Apollo Gateway, in this process. It does not support subscriptions. */
import { ApolloGateway, RemoteGraphQLDataSource } from '@apollo/gateway';
import type { GraphQLDataSource, GraphQLDataSourceProcessOptions } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { onTestFinished } from 'vitest';
import { apolloComposition } from '../composition.ts';
import type { Supergraph } from '../supergraph.ts';
import { FORWARDED } from './router.ts';
import type { Router } from './router.ts';

interface Context {
  readonly forwarded?: Readonly<Record<string, string>>;
}

function forwardedOf(headers: NodeJS.Dict<string | string[]>): Record<string, string> {
  const forwarded: Record<string, string> = {};
  for (const name of FORWARDED) {
    const value = headers[name];
    if (typeof value === 'string') forwarded[name] = value;
  }
  return forwarded;
}

/** Requests to a subgraph: the library's, plus the forwarded headers. */
function createSource(url: string | undefined): GraphQLDataSource<Context> {
  return Object.assign(new RemoteGraphQLDataSource<Context>(url === undefined ? {} : { url }), {
    willSendRequest({ request, context }: GraphQLDataSourceProcessOptions<Context>) {
      const forwarded: Readonly<Record<string, string>> = context.forwarded ?? {};
      for (const [name, value] of Object.entries(forwarded)) request.http?.headers.set(name, value);
    },
  });
}

/** Opens it over subgraphs. The caller closes it. */
export async function openApolloGateway({
  subgraphs,
}: Pick<Supergraph, 'subgraphs'>): Promise<Router & { readonly close: () => Promise<void> }> {
  const server = new ApolloServer<Context>({
    gateway: new ApolloGateway({
      supergraphSdl: apolloComposition(subgraphs),
      buildService: ({ url }) => createSource(url),
    }),
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
  });
  const { url } = await startStandaloneServer(server, {
    listen: { host: '127.0.0.1', port: 0 },
    context: async ({ req: { headers } }) => ({ forwarded: forwardedOf(headers) }),
  });
  return { url: url.replace(/\/$/, ''), close: () => server.stop() };
}

/** Starts it over a supergraph. It ends with the test. */
export async function startApolloGateway(supergraph: Supergraph): Promise<Router> {
  const router = await openApolloGateway(supergraph);
  onTestFinished(router.close);
  return router;
}
