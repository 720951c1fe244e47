/** What one operation asks for more than once, and Graph is asked for once. */
import DataLoader from 'dataloader';
import type { GraphClient } from '../msgraph/client.ts';
import { GraphError } from '../msgraph/error.ts';
import type { Operation } from '../msgraph/operation.ts';
import { pathKey } from '../msgraph/path.ts';

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

interface LoaderParts<Address, Thing> {
  readonly client: GraphClient;
  readonly operation: Operation;
  readonly pathOf: (address: Address) => string;
  /** Makes the thing of what Graph says of it, as it was addressed. */
  readonly read: (body: unknown, address: Address) => Thing;
  /** The statuses for which a `null` stands. */
  readonly absent?: readonly number[];
}

/** Creates what loads things of one kind for one operation, and remembers each by its path. It rejects as `GraphClient.get` does. */
export function createLoader<Address, Thing>({
  client,
  operation,
  pathOf,
  read,
  absent = [404],
}: LoaderParts<Address, Thing>): DataLoader<Address, Thing | null, string> {
  async function load(address: Address): Promise<Thing | null> {
    try {
      return read(await client.get(pathOf(address), operation), address);
    } catch (error) {
      if (error instanceof GraphError && error.status !== null && absent.includes(error.status)) return null;
      throw error;
    }
  }
  return new DataLoader(([address]) => Promise.all(address === undefined ? [] : [load(address)]), {
    // As it is spelled: whoever asks in another spelling is answered in theirs.
    cacheKeyFn: pathOf,
    // The client gathers, across loaders and operations; gathered here, each load would wait for the slowest.
    batch: false,
  });
}
