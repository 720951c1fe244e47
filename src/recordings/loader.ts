/** How one operation loads single things: from Graph, or from what is kept of it. What it loads twice it asks for once. */
import DataLoader from 'dataloader';
import { pages } from '../msgraph/collection.ts';
import type { GraphClient } from '../msgraph/client.ts';
import { GraphError } from '../msgraph/error.ts';
import type { Operation } from '../msgraph/operation.ts';
import { pathKey } from '../msgraph/path.ts';
import type { Cache, CachedResource, Credential } from './cache.ts';
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

/** What is loaded. */
interface Wanted<Thing> {
  readonly path: string;
  /** As what it may be kept; null where it may not. */
  readonly resource: CachedResource | null;
  /** Reads the thing from what Graph has answered. Throws a `GraphError` when it is something else. */
  readonly read: (body: unknown) => Thing;
}

/** Loads things. Each function answers null where there is no such thing, and rejects as `GraphClient.get` does. */
export interface Loads {
  /** What loads things that have a path of their own, and remembers them by it. A `null` stands for the statuses in `absent`. */
  readonly loaderOf: <Address, Thing>(
    asking: Asking,
    wantedAt: (address: Address) => Wanted<Thing>,
    absent?: readonly number[],
  ) => (address: Address) => Promise<Thing | null>;
  /** The only thing of a collection, as which a filter on a unique property answers. */
  loadOnly<Thing>(asking: Asking, wanted: Wanted<Thing>): Promise<Thing | null>;
}

/** Creates what one operation loads by. The policy has let pass whatever it is asked for. */
export function createLoads({ operation, cache, freshness }: LoadsParts): Loads {
  const { signal } = operation;

  /** Loads what may be kept. `ask` is called where nothing is, and answers null where there is none. */
  async function loadKept<Thing>(
    from: Cache,
    { path, read }: Wanted<Thing>,
    resource: CachedResource,
    credential: Credential,
    ask: () => Promise<unknown>,
  ): Promise<Thing | null> {
    const kept = await from.read({ credential, resource, path, signal, load: ask, check: read });
    if (kept === null) {
      freshness.notKept();
      return null;
    }
    freshness.keptUntil(kept.untilMs);
    return read(kept.body);
  }

  function loaderOf<Address, Thing>(
    { client, credential }: Asking,
    wantedAt: (address: Address) => Wanted<Thing>,
    absent: readonly number[] = [404],
  ): (address: Address) => Promise<Thing | null> {
    function nullIfAbsent(error: unknown): null {
      freshness.notKept();
      if (error instanceof GraphError && error.status !== null && absent.includes(error.status)) return null;
      throw error;
    }

    function load(wanted: Wanted<Thing>): Promise<Thing | null> {
      const { path, resource, read } = wanted;
      if (cache !== null && resource !== null)
        return loadKept(cache, wanted, resource, credential, () => client.get(path, operation)).catch(nullIfAbsent);
      freshness.notKept();
      return client.get(path, operation).then(read, nullIfAbsent);
    }

    // What is loaded in one moment has an answer each, so that nobody waits for the slowest.
    const loader = new DataLoader<Wanted<Thing>, { readonly thing: Promise<Thing | null> }, string>(
      (moment) => Promise.resolve(moment.map((wanted) => ({ thing: load(wanted) }))),
      // By the path as it is spelled: whoever asks in another spelling is answered in theirs.
      { cacheKeyFn: ({ path }) => path, batchScheduleFn: queueMicrotask },
    );
    return (address) => loader.load(wantedAt(address)).then(({ thing }) => thing);
  }

  return {
    loaderOf,
    async loadOnly({ client, credential }, wanted) {
      const { path, resource, read } = wanted;
      async function ask(): Promise<unknown> {
        for await (const { items } of pages(client, path, operation)) for (const item of items) return item;
        return null;
      }
      if (cache !== null && resource !== null) return loadKept(cache, wanted, resource, credential, ask);
      freshness.notKept();
      const only = await ask();
      return only === null ? null : read(only);
    },
  };
}
