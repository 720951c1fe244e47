/** What a start loads. How long it takes depends on the machine; how much there is to load does not. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createFolder, startProcess } from './support/process.ts';

/** Writes down what a process loads, whichever way. */
const LISTER = fileURLToPath(new URL('support/loaded-modules.ts', import.meta.url));

/** The packages that a gateway has loaded by the time that it has answered once, and how many modules of them. */
async function loadedPackages(environment: Readonly<Record<string, string>>): Promise<ReadonlyMap<string, number>> {
  const list = join(await createFolder(), 'modules');
  const gateway = await startProcess({
    environment: { PORT: '0', NODE_OPTIONS: `--import=${LISTER}`, LOADED_MODULES_FILE: list, ...environment },
  });
  const { graphql } = await gateway.logged('listening');
  expect(await (await fetch(`${String(graphql)}?query={__typename}`)).json()).toEqual({
    data: { __typename: 'Query' },
  });
  gateway.send('SIGTERM');
  expect(await gateway.exit).toEqual({ code: 0, signal: null });
  const packages = new Map<string, number>();
  for (const url of (await readFile(list, 'utf8')).split('\n')) {
    const name = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1] ?? /\/src\/(\w+)/.exec(url)?.[0] ?? url;
    packages.set(name, (packages.get(name) ?? 0) + 1);
  }
  return packages;
}

/** What only some gateways need, and all that belongs to it. */
const ONLY_SOME = ['@azure/identity', '@azure/msal-node', '@redis/client', 'jose', '@fastify/cors', 'jsonwebtoken'];

describe('A start', () => {
  it('loads nothing that its configuration has no use for', async () => {
    const packages = await loadedPackages({});
    expect([...packages.keys()]).toEqual(expect.arrayContaining(['/src/emulator', 'fastify', 'graphql', 'zod']));
    const unused = [...ONLY_SOME, '@graphql-yoga/render-graphiql'];
    expect(unused.filter((name) => packages.has(name))).toEqual([]);
    // It was 1,600 when this was written, and 2,600 before anybody had looked.
    expect([...packages.values()].reduce((sum, count) => sum + count, 0)).toBeLessThan(1_800);
  });

  it('loads what its configuration does use, and no emulator then', async () => {
    const packages = await loadedPackages({
      AZURE_TENANT_ID: '0b6d3a5e-5f4c-4c8a-9f0e-3f1f2b7c9a10',
      AZURE_CLIENT_ID: '5c1c7a44-43c1-4f0b-8c43-8f4b8b1d3c55',
      AZURE_CLIENT_SECRET: 'a-secret',
      DANGEROUSLY_ALLOW_UNAUTHENTICATED_CALLERS: 'true',
    });
    expect(packages.has('@azure/identity')).toBe(true);
    const unused = ['/src/emulator', '@redis/client', 'jose', '@fastify/cors'];
    expect(unused.filter((name) => packages.has(name))).toEqual([]);
  });
});
