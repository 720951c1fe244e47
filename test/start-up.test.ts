/** What a start reads and loads. Its duration depends on the machine; the number of modules does not. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createFolder, startProcess } from './support/process.ts';

/** Records every module that a process loads. */
const LISTER = fileURLToPath(new URL('support/loaded-modules.ts', import.meta.url));

/** The packages that a gateway has loaded by its first response, with the number of modules of each. */
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

/** Packages that only some configurations need, with their dependencies. */
const ONLY_SOME = ['@azure/identity', '@azure/msal-node', '@redis/client', 'jose', '@fastify/cors', 'jsonwebtoken'];

describe('A start', () => {
  it('loads only what its configuration uses, and fewer than 1,800 modules', async () => {
    const packages = await loadedPackages({});
    expect([...packages.keys()]).toEqual(expect.arrayContaining(['/src/emulator', 'fastify', 'graphql', 'zod']));
    const unused = [...ONLY_SOME, '@graphql-yoga/render-graphiql'];
    expect(unused.filter((name) => packages.has(name))).toEqual([]);
    // There were 1,600 modules when this was written, and 2,600 before any optimization.
    expect([...packages.values()].reduce((sum, count) => sum + count, 0)).toBeLessThan(1_800);
  });

  it('loads the Azure SDK but no emulator when it is configured with real credentials', async () => {
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

  it('takes variables from .env only when the environment does not set them', async () => {
    const folder = await createFolder();
    await writeFile(join(folder, '.env'), '# a comment\nPORT=0\nLOG_LEVEL="debug"\nPLAYGROUND=false\nVIEWER=false\n');
    const gateway = await startProcess({ folder, unset: ['PORT', 'LOG_LEVEL'], environment: { PLAYGROUND: 'true' } });
    const { graphql, playground, viewer } = await gateway.logged('listening');
    expect(new URL(String(graphql)).port).not.toBe('4000');
    expect(playground).toBeDefined();
    // It is empty in the environment.
    expect(viewer).toBeDefined();
    await fetch(`${String(graphql)}?query={user(id:"somebody"){displayName}}`);
    await gateway.logged('sent a request to Microsoft Graph');
  });

  it('reads a .env that begins with a byte order mark, as editors on Windows write it', async () => {
    const folder = await createFolder();
    await writeFile(join(folder, '.env'), '\uFEFFPORT=wrong\r\n');
    const gateway = await startProcess({ folder, unset: ['PORT'] });
    expect(await gateway.exit).toEqual({ code: 1, signal: null });
    expect(gateway.written().errors).toBe('PORT: expected a port from 0 to 65535, but got "wrong".\n');
  });

  it.each<[string, (path: string) => Promise<unknown>]>([
    ['is a folder', mkdir],
    ['is in UTF-16, as PowerShell 5 writes it', (path) => writeFile(path, '\uFEFFPORT=0\r\n', 'utf16le')],
  ])('reports that .env cannot be read when it %s, and exits with 1', async (_, write) => {
    const folder = await createFolder();
    await write(join(folder, '.env'));
    const gateway = await startProcess({ folder });
    expect(await gateway.exit).toEqual({ code: 1, signal: null });
    expect(gateway.written()).toEqual({
      output: '',
      errors:
        '.env: the file cannot be read. Make it a text file in UTF-8 that the user of the gateway can read, or remove it.\n',
    });
  });
});
