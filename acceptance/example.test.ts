import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';

const EXAMPLE = join(import.meta.dirname, '../examples/federation');

const manifest = z.object({
  dependencies: z.record(z.string(), z.string()).default({}),
  devDependencies: z.record(z.string(), z.string()).default({}),
});

async function pinsOf(folder: string): Promise<Record<string, string>> {
  const { dependencies, devDependencies } = manifest.parse(
    JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')),
  );
  return { ...dependencies, ...devDependencies };
}

/** The first code block of a language in a page. */
function codeOf(page: string, language: string): string {
  return new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'ms').exec(page)?.[1] ?? '';
}

/** Copies the example without its `node_modules` into this folder, which has its dependencies. The test removes it. */
async function copyExample(): Promise<string> {
  const copy = await mkdtemp(join(import.meta.dirname, 'example-'));
  onTestFinished(() => rm(copy, { recursive: true }));
  await cp(EXAMPLE, copy, { recursive: true, filter: (path) => !path.endsWith('node_modules') });
  return join(copy, 'main.ts');
}

/** Starts the example, and resolves with the address of its router. It ends with the test at the latest. */
async function startExample(): Promise<string> {
  const child = spawn(process.execPath, [await copyExample(), '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exit = once(child, 'close');
  onTestFinished(async () => {
    child.kill('SIGTERM');
    await exit;
  });
  return new Promise((resolve, reject) => {
    createInterface(child.stdout).on('line', (line) => {
      const [name, url = ''] = line.split(/ +/);
      if (name === 'router') resolve(url);
    });
    void exit.then(() => reject(new Error('The example exited before its router listened.')));
  });
}

it.each(['info', 'error'])('The example responds as its README shows with LOG_LEVEL=%s', async (level) => {
  vi.stubEnv('LOG_LEVEL', level);
  onTestFinished(() => void vi.unstubAllEnvs());
  const page = await readFile(join(EXAMPLE, 'README.md'), 'utf8');
  const url = await startExample();
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: codeOf(page, 'graphql') }),
  });
  expect(await response.json()).toEqual(JSON.parse(codeOf(page, 'json')));
});

/** Occupies a port until the test is over. */
async function takePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return z.object({ port: z.number() }).parse(server.address()).port;
}

it.each<[string, () => Promise<string>, RegExp]>([
  ['is in use', async () => String(await takePort()), /^Port \d+ is already in use\. .* npm start -- 4101\n$/],
  [
    'is not a port',
    () => Promise.resolve('abc'),
    /^The port of the router must be from 0 to 65535, but is "abc"\. .*\n$/,
  ],
])('The example reports in one sentence that its port %s, and leaves no process behind', async (_, port, sentence) => {
  const child = spawn(process.execPath, [await copyExample(), await port()], { stdio: ['ignore', 'ignore', 'pipe'] });
  // The stream stays open until the gateway, which shares it, has ended too.
  expect(await text(child.stderr)).toMatch(sentence);
  expect(child.exitCode ?? (await once(child, 'close'))[0]).toBe(1);
});

it('The example depends on the same versions as the gateway and these tests', async () => {
  const tried = { ...(await pinsOf(join(import.meta.dirname, '..'))), ...(await pinsOf(import.meta.dirname)) };
  const pins = Object.entries(await pinsOf(EXAMPLE));
  expect(pins).not.toEqual([]);
  expect(pins.filter(([name, version]) => tried[name] !== version)).toEqual([]);
});
