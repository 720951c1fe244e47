/** Apollo's subgraph compatibility suite, over our server: https://github.com/apollographql/apollo-federation-subgraph-compatibility */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { findFreePort } from '../test/support/free-port.ts';
import { startProducts } from './products.ts';
import { openApolloGateway } from './routers/apollo-gateway.ts';
import { readSubgraph } from './supergraph.ts';

const require = createRequire(import.meta.url);
const DIST = dirname(require.resolve('@apollo/federation-subgraph-compatibility-tests'));

// The suite is written for Jest and expects its globals.
Object.assign(globalThis, { describe, expect, it, test });

/** Starts one of the suite's own subgraphs in a separate process. */
async function startBeside(name: 'users' | 'inventory'): Promise<{ url: string; close: () => Promise<void> }> {
  const port = await findFreePort();
  const child = spawn(process.execPath, [join(DIST, 'subgraphs', name, 'index.js')], {
    env: { [`${name.toUpperCase()}_PORT`]: String(port) },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const exit = once(child, 'close');
  await once(child.stdout, 'data');
  return {
    url: `http://127.0.0.1:${port}/`,
    async close() {
      child.kill('SIGKILL');
      await exit;
    },
  };
}

describe("Apollo's subgraph compatibility suite", () => {
  /** The client of its tests: https://github.com/apollographql/apollo-federation-subgraph-compatibility/blob/main/packages/compatibility/src/utils/client.ts */
  const client = require(join(DIST, 'utils/client.js'));
  const opened: { readonly close: () => Promise<void> }[] = [];

  beforeAll(async () => {
    const [products, users, inventory] = await Promise.all([
      startProducts(),
      startBeside('users'),
      startBeside('inventory'),
    ]);
    opened.push(products, users, inventory);
    const router = await openApolloGateway({
      subgraphs: await Promise.all([
        readSubgraph('products', products.url),
        readSubgraph('users', users.url),
        readSubgraph('inventory', inventory.url),
      ]),
    });
    opened.push(router);
    client.productsRequest = (...asked: unknown[]) => client.graphqlRequest(products.url, ...asked);
    client.routerRequest = (...asked: unknown[]) => client.graphqlRequest(`${router.url}/graphql`, ...asked);
  });
  afterAll(async () => {
    for (const { close } of opened.toReversed()) await close();
  });

  for (const file of readdirSync(join(DIST, 'tests')).filter((name) => name.endsWith('.test.js'))) {
    require(join(DIST, 'tests', file));
  }
});
