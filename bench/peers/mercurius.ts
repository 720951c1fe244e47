/** Program of Mercurius, with its own loaders below the root fields, and every query compiled at its first request. */
import fastify from 'fastify';
import mercurius from 'mercurius';
import { readSettings } from '../queries/settings.ts';
import { meetingPathOf, MOST_PARTS, openGraph, userPath } from './graph.ts';
import type { Recording, Resource } from './graph.ts';
import { rootsForLoaders, typeDefs } from './schema.ts';
import type { Context, Meeting } from './schema.ts';

declare module 'mercurius' {
  interface MercuriusContext {
    readonly loader: Context['loader'];
  }
}

const { port } = readSettings();
const graph = openGraph();

/** Fetches the resources at these paths, in their order, each once. */
async function load(paths: readonly string[]): Promise<Resource[]> {
  const different = [...new Set(paths)];
  const starts = Array.from({ length: Math.ceil(different.length / MOST_PARTS) }, (_, index) => index * MOST_PARTS);
  const batches = await Promise.all(starts.map((from) => graph.getTogether(different.slice(from, from + MOST_PARTS))));
  const resources = new Map(batches.flat().map((resource, index) => [different[index], resource]));
  return paths.map((path) => resources.get(path) ?? {});
}

// By default Mercurius serializes each whole parent as a key, to load nothing twice. Comparing paths costs less.
const opts = { cache: false };

const app = fastify({ keepAliveTimeout: 600_000 });
await app.register(mercurius, {
  schema: typeDefs,
  resolvers: rootsForLoaders,
  context: () => ({ loader: graph.createLoader() }),
  loaders: {
    CallRecording: {
      meeting: {
        loader: (queries: readonly { obj: Recording }[]) => load(queries.map(({ obj }) => meetingPathOf(obj))),
        opts,
      },
    },
    OnlineMeeting: {
      recordings: {
        async loader(queries: readonly { obj: Meeting }[]) {
          const pages = await load(queries.map(({ obj }) => `${obj.path}/recordings`));
          return pages.map(({ value }) => ({ nodes: value }));
        },
        opts,
      },
    },
    Identity: {
      displayName: {
        async loader(queries: readonly { obj: { id: string } }[]) {
          const users = await load(queries.map(({ obj }) => userPath(obj.id)));
          return users.map(({ displayName }) => displayName);
        },
        opts,
      },
    },
  },
  jit: 1,
});
await app.listen({ port, host: '127.0.0.1' });
process.stdout.write('listening\n');
