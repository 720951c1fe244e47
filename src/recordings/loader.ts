/** Loads each object once for an operation, from Graph or from the cache. */
import DataLoader from 'dataloader';
import type { GraphClient } from '../msgraph/client.ts';
import { GraphError } from '../msgraph/error.ts';
import type { Operation } from '../msgraph/operation.ts';
import { pathKey } from '../msgraph/path.ts';
import { pages } from '../msgraph/resources/collection.ts';
import type { Cache, CacheRead, CachedResource, Credential } from './cache.ts';
import type { Freshness } from './freshness.ts';

/**
 * The same clients, with one for Graph that requests each path once, even if the user's id is written in different
 * letter case. They are created for one operation, because later its responses would be stale. A failure fails all
 * callers.
 */
export function requestOnce<Clients extends { readonly client: GraphClient }>(
  clients: Clients,
): Clients & { readonly client: GraphClient } {
  const { client } = clients;
  const bodies = new Map<string, Promise<unknown>>();
  return {
    ...clients,
    client: {
      ...client,
      get(path, operation) {
        const key = pathKey(path);
        const body = bodies.get(key) ?? client.get(path, operation);
        bodies.set(key, body);
        return body;
      },
    },
  };
}

export interface LoadsParts {
  readonly operation: Operation;
  /** The cache of Graph's responses; null if there is none. */
  readonly cache: Cache | null;
  /** Notified of each load. */
  readonly freshness: Freshness;
}

/** A client, and its credential at Graph. */
interface CredentialClient {
  readonly client: GraphClient;
  readonly credential: Credential;
}

/** How to load objects of a kind. */
interface Kind<Address, Thing> {
  readonly pathOf: (address: Address) => string;
  /** The kind to cache it as; null if it may not be. */
  readonly resource: CachedResource | null;
  /** Parses Graph's response into the object at an address. Throws a `GraphError` when it is something else. */
  readonly read: (body: unknown, address: Address) => Thing;
  /** Throws unless the caller may see the object. Called for each operation, also when the object is cached. */
  readonly allow?: (thing: Thing) => void;
  /** The statuses with which Graph says that there is none; 404 by default. */
  readonly absent?: readonly number[];
}

/** How to load the only object of a collection, as a `Kind` says it. */
interface OnlyKind<Thing> {
  readonly resource: CachedResource;
  readonly read: (body: unknown) => Thing;
  readonly allow: (thing: Thing) => void;
}

/** Loads objects. Each function returns null if there is none, and rejects as `GraphClient.get` does. */
export interface Loads {
  /** Creates a loader of objects with their own path, which caches them by it. */
  readonly loaderOf: <Address, Thing>(
    clients: CredentialClient,
    kind: Kind<Address, Thing>,
  ) => (address: Address) => Promise<Thing | null>;
  /** The only item of a collection, for a filter on a unique property. */
  loadOnly<Thing>(clients: CredentialClient, path: string, kind: OnlyKind<Thing>): Promise<Thing | null>;
}

const allowAll = (): void => {};

const NOT_FOUND = [404];

/** Lets an object through only if the caller may see it. */
function allowed<Thing>(thing: Thing, allow: (thing: Thing) => void): Thing {
  allow(thing);
  return thing;
}

/** Creates the loads of one operation. The policy has to admit each address before. */
export function createLoads({ operation, cache, freshness }: LoadsParts): Loads {
  const { signal } = operation;

  /** Handles a failed load: null for these statuses, with which Graph says that there is no such object. */
  function nullFor(absent: readonly number[]): (error: unknown) => null {
    return (error) => {
      freshness.notCached();
      // With other claims in its token, the caller may see the object.
      const isAbsent = error instanceof GraphError && error.claims === null && absent.includes(error.status ?? 0);
      if (isAbsent) return null;
      throw error;
    };
  }

  /** Loads through the cache. `cacheRead.load` is called on a miss, and returns null if there is no such object. */
  async function loadCached<Thing>(
    from: Cache,
    cacheRead: Omit<CacheRead, 'signal'>,
    read: (body: unknown) => Thing,
  ): Promise<Thing | null> {
    const cached = await from.read({ ...cacheRead, signal });
    if (cached === null) {
      freshness.notCached();
      return null;
    }
    freshness.cachedUntil(cached.untilMs);
    return read(cached.body);
  }

  function loaderOf<Address, Thing>(
    { client, credential }: CredentialClient,
    { pathOf, resource, read, allow = allowAll, absent = NOT_FOUND }: Kind<Address, Thing>,
  ): (address: Address) => Promise<Thing | null> {
    /** A requested object, and its path. */
    interface Wanted {
      readonly address: Address;
      readonly path: string;
    }

    const nullIfAbsent = nullFor(absent);

    function loadFromGraph(path: string, address: Address): Promise<Thing | null> {
      freshness.notCached();
      return client.get(path, operation).then((body) => allowed(read(body, address), allow), nullIfAbsent);
    }

    function loadThrough(from: Cache, as: CachedResource, { address, path }: Wanted): Promise<Thing | null> {
      const check = (body: unknown): Thing => read(body, address);
      const cacheRead = { credential, resource: as, path, check, load: () => client.get(path, operation) };
      return loadCached(from, cacheRead, (body) => allowed(check(body), allow)).catch(nullIfAbsent);
    }

    function load(wanted: Wanted): Promise<Thing | null> {
      return cache === null || resource === null
        ? loadFromGraph(wanted.path, wanted.address)
        : loadThrough(cache, resource, wanted);
    }

    const loads = new Map<string, Promise<Promise<Thing | null>>>();

    function createLoader(): DataLoader<Wanted, Promise<Thing | null>, string> {
      return new DataLoader<Wanted, Promise<Thing | null>, string>(
        (batch) => {
          // A DataLoader keeps its last batch in memory, which takes as much as the requests to Graph.
          loader = createLoader();
          // Each object of a batch has its own promise, so that no caller waits for the slowest.
          return Promise.resolve(batch.map(load));
        },
        // By the exact path: the result has the letter case in which its caller wrote the ids.
        { cacheKeyFn: ({ path }) => path, cacheMap: loads, batchScheduleFn: queueMicrotask },
      );
    }

    let loader = createLoader();

    return (address) => {
      const path = pathOf(address);
      // On a hit, DataLoader would create one more promise each time. `Promise.resolve` flattens nested ones.
      return Promise.resolve(loads.get(path) ?? loader.load({ address, path }));
    };
  }

  return {
    loaderOf,
    async loadOnly({ client, credential }, path, { resource, read, allow }) {
      async function load(): Promise<unknown> {
        for await (const { items } of pages(client, path, operation)) for (const item of items) return item;
        return null;
      }
      // Graph does not know the user in the path. One that it knows has an empty collection.
      const nullIfAbsent = nullFor(NOT_FOUND);
      if (cache !== null) {
        const cacheRead = { credential, resource, path, check: read, load };
        return loadCached(cache, cacheRead, (body) => allowed(read(body), allow)).catch(nullIfAbsent);
      }
      freshness.notCached();
      const only = await load().catch(nullIfAbsent);
      return only === null ? null : allowed(read(only), allow);
    },
  };
}
