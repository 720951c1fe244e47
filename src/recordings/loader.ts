/** How one operation loads single things: from Graph, or from what is kept of it. What it loads twice it asks for once. */
import DataLoader from 'dataloader';
import { pages } from '../msgraph/collection.ts';
import type { GraphClient } from '../msgraph/client.ts';
import { GraphError } from '../msgraph/error.ts';
import type { Operation } from '../msgraph/operation.ts';
import { pathKey } from '../msgraph/path.ts';
import type { Cache, CachedResource, Credential, Question } from './cache.ts';
import type { Freshness } from './freshness.ts';

/**
 * The same client, which remembers what it has asked for: a thing is asked for once, however its user is spelled. It is created for
 * one operation, for it would answer what was true before. What failed has failed for all who ask.
 */
export function askOnce(client: GraphClient): GraphClient {
  const bodies = new Map<string, Promise<unknown>>();
  return {
    ...client,
    get(path, operation) {
      const key = pathKey(path);
      const body = bodies.get(key) ?? client.get(path, operation);
      bodies.set(key, body);
      return body;
    },
  };
}

export interface LoadsParts {
  readonly operation: Operation;
  /** What is kept of Graph's answers; null where nothing is. */
  readonly cache: Cache | null;
  /** Told of everything that is loaded. */
  readonly freshness: Freshness;
}

/** As whom Graph is asked, and through what. */
interface Asking {
  readonly client: GraphClient;
  readonly credential: Credential;
}

/** How things of one kind are loaded. */
interface Kind<Address, Thing> {
  readonly pathOf: (address: Address) => string;
  /** As what it may be kept; null where it may not. */
  readonly resource: CachedResource | null;
  /** Reads the thing at an address from what Graph has answered. Throws a `GraphError` when it is something else. */
  readonly read: (body: unknown, address: Address) => Thing;
  /** The statuses of Graph that say that there is none; 404 if nothing is said. */
  readonly absent?: readonly number[];
}

/** Loads things. Each function answers null where there is no such thing, and rejects as `GraphClient.get` does. */
export interface Loads {
  /** What loads things that have a path of their own, and remembers them by it. */
  readonly loaderOf: <Address, Thing>(
    asking: Asking,
    kind: Kind<Address, Thing>,
  ) => (address: Address) => Promise<Thing | null>;
  /** The only thing of a collection, as which a filter on a unique property answers. */
  loadOnly<Thing>(
    asking: Asking,
    path: string,
    resource: CachedResource,
    read: (body: unknown) => Thing,
  ): Promise<Thing | null>;
}

/** Creates what one operation loads by. The policy has let pass whatever it is asked for. */
export function createLoads({ operation, cache, freshness }: LoadsParts): Loads {
  const { signal } = operation;

  /** Loads what may be kept. What the question loads by is called where nothing is kept, and answers null where there is no such thing. */
  async function loadKept<Thing>(
    from: Cache,
    question: Omit<Question, 'signal' | 'check'>,
    read: (body: unknown) => Thing,
  ): Promise<Thing | null> {
    const kept = await from.read({ ...question, signal, check: read });
    if (kept === null) {
      freshness.notKept();
      return null;
    }
    freshness.keptUntil(kept.untilMs);
    return read(kept.body);
  }

  function loaderOf<Address, Thing>(
    { client, credential }: Asking,
    { pathOf, resource, read, absent = [404] }: Kind<Address, Thing>,
  ): (address: Address) => Promise<Thing | null> {
    /** One thing that is wanted, and where it is. */
    interface Wanted {
      readonly address: Address;
      readonly path: string;
    }

    function nullIfAbsent(error: unknown): null {
      freshness.notKept();
      if (error instanceof GraphError && error.status !== null && absent.includes(error.status)) return null;
      throw error;
    }

    function load({ address, path }: Wanted): Promise<Thing | null> {
      const readHere = (body: unknown): Thing => read(body, address);
      if (cache !== null && resource !== null) {
        const question = { credential, resource, path, load: () => client.get(path, operation) };
        return loadKept(cache, question, readHere).catch(nullIfAbsent);
      }
      freshness.notKept();
      return client.get(path, operation).then(readHere, nullIfAbsent);
    }

    const loads = new Map<string, Promise<Promise<Thing | null>>>();
    // What is loaded in one moment has an answer each, so that nobody waits for the slowest.
    const loader = new DataLoader<Wanted, Promise<Thing | null>, string>(
      (moment) => Promise.resolve(moment.map(load)),
      // By the path as it is spelled: whoever asks in another spelling is answered in theirs.
      { cacheKeyFn: ({ path }) => path, cacheMap: loads, batchScheduleFn: queueMicrotask },
    );

    return (address) => {
      const path = pathOf(address);
      // For what it has already DataLoader makes one promise more, each time. And a promise of a promise is a promise.
      return Promise.resolve(loads.get(path) ?? loader.load({ address, path }));
    };
  }

  return {
    loaderOf,
    async loadOnly({ client, credential }, path, resource, read) {
      async function load(): Promise<unknown> {
        for await (const { items } of pages(client, path, operation)) for (const item of items) return item;
        return null;
      }
      if (cache !== null) return loadKept(cache, { credential, resource, path, load }, read);
      freshness.notKept();
      const only = await load();
      return only === null ? null : read(only);
    },
  };
}
