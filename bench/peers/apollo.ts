/** Program of plain Apollo Server with DataLoader, over Fastify. It caches parsed documents itself. */
import { ApolloServer } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import fastify from 'fastify';
import { readSettings } from '../queries/settings.ts';
import { openGraph } from './graph.ts';
import { resolvers, typeDefs } from './schema.ts';
import type { Context } from './schema.ts';

const { port } = readSettings();
const graph = openGraph();
const server = new ApolloServer<Context>({ typeDefs, resolvers, introspection: false });
await server.start();
const app = fastify({ keepAliveTimeout: 600_000 });
app.post('/graphql', fastifyApolloHandler(server, { context: async () => ({ loader: graph.createLoader() }) }));
await app.listen({ port, host: '127.0.0.1' });
process.stdout.write('listening\n');
