/** Program of GraphQL Yoga with DataLoader. It caches parsed documents itself; a plugin compiles queries. */
import { createServer } from 'node:http';
import { useGraphQlJit } from '@envelop/graphql-jit';
import { createSchema, createYoga } from 'graphql-yoga';
import { readSettings } from '../queries/settings.ts';
import { openGraph } from './graph.ts';
import { resolvers, typeDefs } from './schema.ts';

const { port } = readSettings();
const graph = openGraph();
const yoga = createYoga({
  schema: createSchema({ typeDefs, resolvers }),
  context: () => ({ loader: graph.createLoader() }),
  plugins: [useGraphQlJit()],
  graphiql: false,
  landingPage: false,
  logging: false,
  maskedErrors: false,
});

// Yoga's promise is not awaited: any failure ends the process, and so the benchmark.
const server = createServer((request, response) => void yoga(request, response));
server.keepAliveTimeout = 600_000;
server.listen(port, '127.0.0.1', () => process.stdout.write('listening\n'));
